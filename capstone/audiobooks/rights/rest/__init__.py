"""Rights over HTTP."""
