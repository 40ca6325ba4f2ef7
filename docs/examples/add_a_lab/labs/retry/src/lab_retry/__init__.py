"""When a refused caller may come back: the header Retry-After, written and read."""
