"""Discovery over HTTP."""
