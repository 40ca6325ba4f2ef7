"""What a client may do."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from lab_caching.outbound.errors import AddressRefused
from lab_caching.outbound.network import Network

USUAL_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Rules:
    """
    What a client may do. ``hosts`` has ``"example.org"`` (its scheme's usual port) and ``"example.org:8443"``, or
    ``"*"`` for every host at its usual port; ``networks`` are addresses allowed though they are not public.
    """

    hosts: frozenset[str]
    schemes: frozenset[str] = frozenset({"https"})
    networks: tuple[Network, ...] = ()
    deadline_s: float = 10.0  # of a whole call: names, connections, bodies, redirects, pauses
    attempt_s: float = 4.0  # of one attempt
    attempts: int = 3
    pause_s: float = 0.2  # the longest pause after the first attempt; it doubles
    max_pause_s: float = 2.0
    max_bytes: int = 1024 * 1024
    redirects: int = 3
    failures: int = 5  # in a row, until a host is left alone
    open_s: float = 30.0  # for so long
    fresh_s: float = 0.0  # of an answer that does not say
    stale_s: float = 0.0  # how much longer it may stand in for a service that fails
    user_agent: str = "lab-caching/1"

    def check(self, url: httpx.URL) -> None:
        """Raise ``AddressRefused`` for a scheme, host or port that is not allowed, and for a password in the address."""
        place = url.host if url.port is None else f"{url.host}:{url.port}"
        usual = url.port in (None, USUAL_PORTS.get(url.scheme))
        if url.scheme not in self.schemes:
            raise AddressRefused(f"{url.scheme or 'an address without a scheme'} is not allowed")
        if url.userinfo or not url.host:
            raise AddressRefused("an address with a password, or without a host, is not allowed")
        if place not in self.hosts and not (usual and self.hosts & {url.host, "*"}):
            raise AddressRefused(f"{place} is not on the list of hosts")
