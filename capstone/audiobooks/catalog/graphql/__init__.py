"""The graph's part of the catalogue."""
