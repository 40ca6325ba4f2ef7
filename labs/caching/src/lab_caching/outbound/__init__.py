"""
An HTTP client for services that are slow, that fail, and that may point anywhere.

``Client(Rules(hosts=frozenset({"openlibrary.org"}))).get(url)`` returns an ``Answer`` or raises an ``OutboundError``
within the rules' deadline, whatever the other side does.
"""

from lab_caching.outbound.answers import Answer, SharedStore, Store
from lab_caching.outbound.client import Client
from lab_caching.outbound.errors import (
    AddressRefused,
    CircuitOpen,
    DeadlineExceeded,
    OutboundError,
    ServiceFailed,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    Unreadable,
)
from lab_caching.outbound.rules import Rules

__all__ = [
    "AddressRefused",
    "Answer",
    "CircuitOpen",
    "Client",
    "DeadlineExceeded",
    "OutboundError",
    "Rules",
    "ServiceFailed",
    "SharedStore",
    "Store",
    "TooLarge",
    "TooManyRedirects",
    "Unreachable",
    "Unreadable",
]
