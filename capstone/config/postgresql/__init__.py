"""Django's PostgreSQL, which asks less often whether the server is there: ``ENGINE = "config.postgresql"``."""
