"""How a call to another service can end without an answer."""


class OutboundError(Exception):
    """No answer. The text names the host and never the query, where keys stand."""


class AddressRefused(OutboundError):
    """The rules forbid this scheme, host, port, or an address that the host's name stands for. Nothing was sent there."""


class DeadlineExceeded(OutboundError):
    """The call, or its last attempt, took longer than it may."""


class TooLarge(OutboundError):
    """The body, as sent or unpacked, has more bytes than the rules allow. The rest was not read."""


class TooManyRedirects(OutboundError):
    """Each answer pointed to another address."""


class Unreachable(OutboundError):
    """The name is unknown, the connection was refused or broken, or what came is not HTTP."""


class Unreadable(OutboundError):
    """There is an answer, and it is not what it says it is: a broken or unknown coding, JSON that is none."""


class ServiceFailed(OutboundError):
    """The service answered 429 or 5xx, at the last attempt too. ``retry_after_s`` is what it asked for, or ``None``."""

    def __init__(self, message: str, status: int, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class CircuitOpen(OutboundError):
    """The host failed too often in a row; it is left alone for another ``retry_after_s`` seconds. Nothing was sent."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
