"""The graph's part of the library: what is a listener's own."""
