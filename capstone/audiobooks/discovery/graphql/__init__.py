"""The graph's part of discovery: search."""
