"""
Answers, and those that are kept: when they are fresh, how they are asked about again, when a stale one will do.

RFC 9111 and RFC 5861, of which this is the part that a service's own client needs: GET alone, ``max-age`` (no
``Expires``), and a key that holds every header of the request, so that ``Vary`` is kept by construction. hishel, the
library for HTTP caching on httpx, knows no stale answer for a service that fails, which is what this one is for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import httpx
import msgspec

from lab_caching.breaker import current_store
from lab_caching.outbound.errors import Unreadable
from lab_caching.policy import LONGEST_S
from lab_caching.stores import CacheAway

STORABLE = frozenset({200, 301, 302, 307, 308, 404, 410})
KEPT_HEADERS = ("content-type", "cache-control", "etag", "last-modified", "location", "vary")

Source = Literal["network", "cache", "revalidated", "stale"]


@dataclass(frozen=True)
class Answer:
    """What came, whole. ``source`` says from where; ``stale`` was kept from before, and the service gave no newer one."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    source: Source = "network"

    def json(self, kind: Any = Any) -> Any:
        """Return the content as ``kind``, a type msgspec knows. Raises ``Unreadable``."""
        try:
            return msgspec.json.decode(self.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unreadable(f"{httpx.URL(self.url).host} sent no such JSON: {error}") from None


class Store(Protocol):
    """Where answers are kept, under keys of 64 characters. It never raises: a store that is away is an empty one."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept, or ``None``."""

    def set(self, key: str, content: bytes, seconds: float) -> None:
        """Keep it for so long."""


class SharedStore:
    """The part's own cache, the one that ``settings.LAB_CACHING`` names: what one process was answered serves all."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept; ``None`` too while the cache is away."""
        try:
            (content,) = current_store().get_many([f"outbound:{key}"])
        except CacheAway:
            return None
        return content

    def set(self, key: str, content: bytes, seconds: float) -> None:
        """Keep it, where the cache is there."""
        with suppress(CacheAway):
            current_store().set(f"outbound:{key}", content, min(seconds, LONGEST_S))


class Stored(msgspec.Struct, frozen=True):
    """A kept answer; the times are seconds of the epoch."""

    status: int
    headers: dict[str, str]
    content: bytes
    fresh_until: float
    stale_until: float

    def answer(self, url: str, source: Source) -> Answer:
        """Return it as an answer."""
        return Answer(self.status, httpx.Headers(self.headers), self.content, url, source)

    def validators(self) -> dict[str, str]:
        """Return the headers that ask whether it still holds (RFC 9110, section 13.1)."""
        pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
        return {ask: self.headers[name] for ask, name in pairs if name in self.headers}


def key_of(request: httpx.Request) -> str:
    """Return where a request's answer is kept. What is secret in it does not show."""
    lines = [
        f"{request.method} {request.url}",
        *sorted(f"{name}: {text}" for name, text in request.headers.items()),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seconds_of(directives: Mapping[str, str], name: str, usual: float) -> float:
    """Return a directive's seconds; what is not a number counts as 0 (RFC 9111, section 4.2.1)."""
    if name not in directives:
        return usual
    text = directives[name].strip('"')
    return float(text) if text.isascii() and text.isdigit() else 0.0


def stored(answer: Answer, *, now: float, fresh_s: float, stale_s: float) -> Stored | None:
    """
    Return what to keep of an answer, or ``None``.

    ``fresh_s`` and ``stale_s`` hold where the answer does not say: how long it needs no question, and how much longer
    it may stand in for a service that fails.
    """
    parts = (
        part.strip().partition("=") for part in answer.headers.get("cache-control", "").lower().split(",")
    )
    directives = {name: text for name, _, text in parts}
    if (
        answer.status not in STORABLE
        or "no-store" in directives
        or answer.headers.get("vary", "").strip() == "*"
    ):
        return None
    age = seconds_of({"age": answer.headers.get("age", "0")}, "age", 0)
    fresh = 0.0 if "no-cache" in directives else max(seconds_of(directives, "max-age", fresh_s) - age, 0.0)
    may_be_stale = "must-revalidate" not in directives
    stale = seconds_of(directives, "stale-if-error", stale_s) if may_be_stale else 0.0
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    return Stored(answer.status, headers, answer.content, now + fresh, now + fresh + stale)


def kept(content: bytes | None) -> Stored | None:
    """Return a kept answer from a store's bytes; what another version wrote is as good as nothing."""
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=Stored)
    except msgspec.DecodeError:
        return None
