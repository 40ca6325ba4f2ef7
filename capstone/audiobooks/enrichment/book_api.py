"""
The other catalogue: Open Library's interface, or whatever speaks it at ``BOOK_API_URL``.

Two addresses of it, as documented: ``/api/books?bibkeys=ISBN:…&jscmd=data&format=json``
(https://openlibrary.org/dev/docs/api/books) and ``/search.json?title=…&author=…&fields=…&limit=1``
(https://openlibrary.org/dev/docs/api/search). What it says is believed no further than its types: an address or a key
that it sends is never called.
"""

import re
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from audiobooks.catalog.text import plain_text
from lab_caching.outbound import Client, Rules, SharedStore

RECORD = re.compile(r"(?:/(?:books|works)/)?(OL\d{1,12}([MW]))")
FOLDERS = {"M": "books", "W": "works"}
LONGEST = 300


class Named(msgspec.Struct, frozen=True):
    """A publisher, as editions name it."""

    name: str


class Edition(msgspec.Struct, frozen=True):
    """What ``jscmd=data`` says of one edition, as far as we read it."""

    key: str
    title: str
    subtitle: str = ""
    publishers: list[Named] = []


class Work(msgspec.Struct, frozen=True):
    """A work, as the search lists it."""

    key: str
    first_publish_year: int | None = None


class Works(msgspec.Struct, frozen=True):
    """What the search answers."""

    docs: list[Work]


class Found(msgspec.Struct, frozen=True):
    """What is known of one thing, by our names of the fields: plain text, never empty. ``source`` is its page."""

    source: str
    values: dict[str, str]


# --8<-- [start:client]
@cache
def client_for(url: str, networks: tuple[str, ...], deadline_s: float) -> Client:
    """Return this process's client of the service. Its host alone may be called, by the scheme that the setting names."""
    place = urlsplit(url)
    return Client(
        Rules(
            hosts=frozenset({place.netloc.lower()}),
            schemes=frozenset({place.scheme}),
            networks=tuple(ip_network(network) for network in networks),
            deadline_s=deadline_s,
            attempt_s=deadline_s / 2,
            max_bytes=1024 * 1024,
            fresh_s=3600,  # it seldom says how long an answer holds
            stale_s=7 * 86_400,
            user_agent=f"NexusAudiobooks/1 (+{settings.PUBLIC_BASE_URL}; {settings.DEFAULT_FROM_EMAIL})",
        ),
        store=SharedStore(),
    )
    # --8<-- [end:client]


def edition(isbn: str) -> Found | None:
    """Return what the service knows of an ISBN, or ``None``. Raises ``OutboundError``."""
    name = f"ISBN:{isbn}"
    known = asked("/api/books", {"bibkeys": name, "jscmd": "data", "format": "json"}, dict[str, Edition])
    if name not in known:
        return None
    one: Edition = known[name]
    publisher = one.publishers[0].name if one.publishers else ""
    return found(
        one.key, {"title": one.title, "subtitle": one.subtitle, "publisher": publisher, "isbn": isbn}
    )


def work(title: str, author: str) -> Found | None:
    """Return what the service knows of a work, or ``None``. Raises ``OutboundError``."""
    wanted = {"title": title, "author": author, "fields": "key,first_publish_year", "limit": "1"}
    docs: list[Work] = asked(
        "/search.json", {name: text for name, text in wanted.items() if text}, Works
    ).docs
    if not docs or docs[0].first_publish_year is None or not -3000 <= docs[0].first_publish_year <= 2100:
        return None
    return found(docs[0].key, {"first_published_year": str(docs[0].first_publish_year)})


def asked(path: str, params: Mapping[str, str], kind: Any) -> Any:
    """Return the service's answer. Raises ``OutboundError``."""
    url = settings.BOOK_API_URL.rstrip("/")
    client = client_for(url, tuple(settings.BOOK_API_NETWORKS), settings.BOOK_API_DEADLINE_S)
    headers = {"Accept": "application/json"}
    if settings.BOOK_API_KEY:
        headers["Authorization"] = f"Bearer {settings.BOOK_API_KEY}"
    return client.get(url + path, params=params, headers=headers).json(kind)


def found(key: str, values: Mapping[str, str]) -> Found | None:
    """Return what was found: cleaned, cut, and without what is empty; ``None`` where its key is no record's."""
    record = RECORD.fullmatch(key)
    if record is None:
        return None
    source = f"{settings.BOOK_API_URL.rstrip('/')}/{FOLDERS[record[2]]}/{record[1]}"
    cleaned = {name: plain_text(text)[:LONGEST].strip() for name, text in values.items()}
    return Found(source, {name: text for name, text in cleaned.items() if text})
