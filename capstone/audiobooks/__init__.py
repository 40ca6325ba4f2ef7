"""An audiobook platform's backend, cut by domain: accounts, catalog, media, library."""
