"""The graph's part of accounts: who asks, the scalars of all apps, and ``me``."""
