"""Where answers are kept: Valkey or Redis, or Memcached. Bytes under text, nothing else; a value is never unpickled."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, cast
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

try:
    from pymemcache.client.base import PooledClient
    from pymemcache.exceptions import MemcacheError
except ImportError:  # an extra of this package: whoever names a memcached:// address needs it
    PooledClient = None

RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class CacheAway(Exception):
    """The cache does not answer: it is gone, too slow, or full. Nobody outside of this package sees it."""


class Store(Protocol):
    """What a cache must be able to do. Every call may raise ``CacheAway``. Seconds may be a fraction."""

    def get_many(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Return a value, or ``None``, for each key in order."""

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value for so long."""

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Keep a value where there is none; tell whether there was none. Of many at once one is told so."""

    def delete_if(self, key: str, value: bytes) -> None:
        """Delete the key where it still has this value, in one step."""

    def delete(self, key: str) -> None:
        """Delete the key."""


class RedisStore:
    """Valkey or Redis. ``timeout_s`` bounds the connection and each command."""

    def __init__(self, url: str, prefix: str, timeout_s: float) -> None:
        self.prefix = prefix
        self.client = redis.Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            # once more, at once, on a connection that the server has closed meanwhile; never after a time-out
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self.release = self.client.register_script(RELEASE)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Turn the library's errors into ``CacheAway``."""
        try:
            yield
        except redis.RedisError as error:
            raise CacheAway(str(error)) from error

    def get_many(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        with self.reached():
            found = self.client.mget([self.prefix + key for key in keys])
        return cast("Sequence[bytes | None]", found)

    def set(self, key: str, value: bytes, seconds: float) -> None:
        with self.reached():
            self.client.set(self.prefix + key, value, px=math.ceil(seconds * 1000))

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        with self.reached():
            return bool(self.client.set(self.prefix + key, value, px=math.ceil(seconds * 1000), nx=True))

    def delete_if(self, key: str, value: bytes) -> None:
        with self.reached():
            self.release(keys=[self.prefix + key], args=[value])

    def delete(self, key: str) -> None:
        with self.reached():
            self.client.delete(self.prefix + key)


class MemcachedStore:
    """Memcached. It counts whole seconds, so a fraction is rounded up."""

    def __init__(self, url: str, prefix: str, timeout_s: float) -> None:
        if PooledClient is None:
            raise ImportError(
                "memcached:// needs the package pymemcache: pip install 'lab-caching[memcached]'"
            )
        address = urlsplit(url)
        self.client = PooledClient(
            (address.hostname or "127.0.0.1", address.port or 11211),
            connect_timeout=timeout_s,
            timeout=timeout_s,
            no_delay=True,
            key_prefix=prefix.encode(),
        )

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Turn the library's errors, and those of its sockets, into ``CacheAway``."""
        try:
            yield
        except (MemcacheError, OSError) as error:
            raise CacheAway(str(error)) from error

    def get_many(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        with self.reached():
            found = self.client.get_many(keys)
        return [found.get(key) for key in keys]

    def set(self, key: str, value: bytes, seconds: float) -> None:
        with self.reached():
            self.client.set(key, value, expire=math.ceil(seconds), noreply=False)

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        with self.reached():
            return bool(self.client.add(key, value, expire=math.ceil(seconds), noreply=False))

    def delete_if(self, key: str, value: bytes) -> None:
        with self.reached():
            # --8<-- [start:memcached-release]
            found, version = self.client.gets(key)
            if found == value:  # over at once, and only if nobody has written it since
                self.client.cas(key, b"", version, expire=-1, noreply=False)
            # --8<-- [end:memcached-release]

    def delete(self, key: str) -> None:
        with self.reached():
            self.client.delete(key, noreply=False)


STORES: Mapping[str, Callable[[str, str, float], Store]] = {
    "redis": RedisStore,
    "rediss": RedisStore,
    "unix": RedisStore,
    "valkey": lambda url, prefix, timeout_s: RedisStore(
        f"redis{url.removeprefix('valkey')}", prefix, timeout_s
    ),
    "memcached": MemcachedStore,
}


def store_at(url: str, prefix: str, timeout_s: float) -> Store:
    """Return the store at an address. Raises ``ValueError`` for a scheme that is none of ``STORES``."""
    scheme = urlsplit(url).scheme
    if scheme not in STORES:
        raise ValueError(
            f"a cache is at {', '.join(f'{known}://…' for known in STORES)}; {scheme!r} is none of them"
        )
    return STORES[scheme](url, prefix, timeout_s)
