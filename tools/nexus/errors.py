"""What ./nexus raises: a message for the person at the keyboard, never a traceback."""

from collections.abc import Sequence
from difflib import get_close_matches


class NexusError(Exception):
    """What went wrong and what to do about it; printed as it is, exit code 1."""


class ServiceError(NexusError):
    """A service could not be started, reached or used."""


class UnknownWord(NexusError):
    """A word that is not among those we know; exit code 2."""

    def __init__(self, kind: str, word: str, known: Sequence[str]) -> None:
        close = get_close_matches(word, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(known)}."
        super().__init__(f"no {kind} {word!r}. {hint}")


class Stopped(BaseException):
    """SIGTERM or SIGHUP arrived. Like ``KeyboardInterrupt``: unwinds everything, so that everything is cleaned up."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_code = 128 + signal_number
