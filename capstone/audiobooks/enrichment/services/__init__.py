"""What curators do with another catalogue's knowledge: ask for it, take it over, or refuse it."""
