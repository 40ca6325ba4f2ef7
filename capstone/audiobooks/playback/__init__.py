"""Where a listener is in a recording, what they have heard of it, and how two devices come to agree on both."""
