"""A catalogue and its listeners at scale, for measuring: generated inside of PostgreSQL, the same for the same seed."""
