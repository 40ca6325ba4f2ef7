"""The stage: a service that is down for 29.5 seconds, and a clock that the caller turns."""
