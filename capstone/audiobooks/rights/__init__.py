"""A person's rights to what is held of them: to have a copy, and to have it deleted."""
