"""
What the domain raises. ``config/errors.py`` holds the one table that turns these into HTTP answers.

``code`` is a stable, machine-readable word (``already_published``); ``detail`` is a sentence for a person that
says what to do.
"""


class DomainError(Exception):
    """A request the domain refuses. Raise one of the four kinds below, never this class."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


# --8<-- [start:kinds]
class NotFound(DomainError):
    """What was asked for does not exist, or this caller may not know that it does."""


class NotAllowed(DomainError):
    """The caller may see the thing, but not do this with it."""


class Conflict(DomainError):
    """The thing is not in a state in which this can be done."""


class Invalid(DomainError):
    """The input cannot be right, whatever the state of anything else."""


# --8<-- [end:kinds]
