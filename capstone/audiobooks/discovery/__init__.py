"""Finding what to hear: search, suggestions and the home page."""
