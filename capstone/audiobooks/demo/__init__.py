"""The demo catalogue: public-domain titles, their spoken chapters and their covers. Real input, no network."""
