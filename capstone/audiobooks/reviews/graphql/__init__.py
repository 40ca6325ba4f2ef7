"""The graph's part of reviews."""
