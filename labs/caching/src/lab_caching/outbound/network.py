"""Connections that lead only where they may, and that end when the call must."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore
import httpx

from lab_caching.outbound.errors import AddressRefused, DeadlineExceeded, Unreachable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

COMPATIBLE = IPv6Network("::/96")  # RFC 4291, 2.5.5.1
GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291, 2.4
DOCUMENTATION = IPv6Network("3fff::/20")  # RFC 9637, which older Pythons do not know
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the IPv4 address is the last 32 bits
LOOKUPS = threading.BoundedSemaphore(
    32
)  # names asked for at once; one that hangs is left behind in its thread


@dataclass(frozen=True)
class Deadline:
    """A moment on ``clock``, in seconds."""

    at: float
    clock: Callable[[], float]

    def left(self) -> float:
        """Return the seconds left, more than 0. Raises ``DeadlineExceeded``."""
        left = self.at - self.clock()
        if left <= 0:
            raise DeadlineExceeded("no time is left")
        return left

    def allows(self, pause_s: float) -> bool:
        """Say whether there is time to do something after a pause."""
        return self.clock() + pause_s < self.at

    def within(self, seconds: float) -> Deadline:
        """Return the earlier of this deadline and one in so many seconds."""
        return Deadline(min(self.at, self.clock() + seconds), self.clock)


current: ContextVar[Deadline] = ContextVar("deadline")  # of the call that this thread is in


def embedded(address: Address) -> IPv4Address | None:
    """Return the IPv4 address to which an IPv6 address leads: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def is_public(address: Address) -> bool:
    """
    Say whether an address may be one of the internet at large (IANA's special-purpose registries, RFC 6890).

    An IPv6 address that leads to an IPv4 address is what that one is.
    """
    # --8<-- [start:public-address]
    inner = embedded(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, IPv6Address) and (address not in GLOBAL_UNICAST or address in DOCUMENTATION):
        return False
    return address.is_global and not address.is_multicast
    # --8<-- [end:public-address]


def look_up(host: str, port: int, deadline: Deadline) -> list[Address]:
    """
    Return the addresses a name stands for, at least one. Raises ``Unreachable``, ``DeadlineExceeded``.

    The system's resolver cannot be interrupted: it is asked in a thread, which is left behind when time is up.
    """
    found: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.put(error)
        finally:
            LOOKUPS.release()

    if not LOOKUPS.acquire(timeout=deadline.left()):
        raise DeadlineExceeded(f"the resolver is busy with other names than {host}")
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=deadline.left())
    except queue.Empty:
        raise DeadlineExceeded(f"the name {host} was not resolved in time") from None
    if isinstance(answer, Exception) or not answer:
        raise Unreachable(f"the name {host} is not known")
    return [ip_address(place[0].partition("%")[0]) for *_, place in answer]


class Stream(httpcore.NetworkStream):
    """A connection on which every read and write may take what is left of the call, and no more."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        # --8<-- [start:time-left]
        return self.inner.read(max_bytes, current.get().left())
        # --8<-- [end:time-left]

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, in small pieces: the time-out below is one of each send, and not of all."""
        for start in range(0, len(buffer), 4096):
            self.inner.write(buffer[start : start + 4096], current.get().left())

    def close(self) -> None:
        """Close."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS with the name that was asked for, whatever address it leads to."""
        return Stream(self.inner.start_tls(ssl_context, server_hostname, current.get().left()))

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of a connection."""
        return self.inner.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a name once, looks at every address, and connects to one it has looked at."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self.networks = tuple(networks)
        self.inner = httpcore.SyncBackend()

    def check(self, host: str, address: Address) -> None:
        """Refuse an address that is neither public nor in a network the rules name."""
        if not is_public(address) and not any(address in network for network in self.networks):
            raise AddressRefused(f"{host} stands for {address}, which is not a public address")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. One refused address refuses the name: an honest name has none."""
        addresses = look_up(host, port, current.get())
        for address in addresses:
            self.check(host, address)
        failure: Exception | None = None
        for address in dict.fromkeys(addresses):
            try:
                return Stream(
                    self.inner.connect_tcp(
                        str(address), port, current.get().left(), local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or Unreachable(f"{host} has no address")


@contextmanager
def translated(host: str) -> Iterator[None]:
    """Raise our errors in place of httpcore's, which may quote addresses."""
    try:
        yield
    except httpcore.TimeoutException:
        raise DeadlineExceeded(f"{host} did not answer in time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unreachable(f"{host}: {type(error).__name__}") from None


class Body(httpx.SyncByteStream):
    """The body of an answer, read as it comes."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self.inner

    def close(self) -> None:
        """Give the connection back, or end it where not all was read."""
        self.inner.close()


class Transport(httpx.BaseTransport):
    """httpx's way to the network, by connections that are checked. No proxy, nothing of the environment."""

    def __init__(self, networks: Iterable[Network], tls: ssl.SSLContext, connections: int) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=15.0,
            network_backend=CheckedBackend(networks),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and return what came up to the end of the headers."""
        answer = self.pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.content,
                extensions={"timeout": {"pool": current.get().left()}},
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer.stream))

    def close(self) -> None:
        """Close every connection."""
        self.pool.close()
