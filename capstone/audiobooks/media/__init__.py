"""The files: stored audio behind signed addresses, covers at content addresses."""
