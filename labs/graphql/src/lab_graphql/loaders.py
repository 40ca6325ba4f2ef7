"""
Batches without an event loop: the first child that asks fetches for all that were announced.

A DataLoader waits until every resolver of a level has asked, which takes an event loop, and Django's ORM is not to be
called in one. Here whoever holds the parents announces their keys (``expect``), for nothing; the first ``load`` fetches
all announced keys in one query, and the others find theirs. Django 6.1's ``FETCH_PEERS`` works the same way.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
BATCH = 1_000  # keys in one query


class Loader(Generic[Key, Value]):
    """One kind of thing, for one request. ``fetch(keys, *arguments)`` returns a mapping; a missing key means ``missing``."""

    def __init__(self, fetch: Callable[..., Mapping[Key, Value]], missing: Any = None) -> None:
        self._fetch = fetch
        self._missing = missing
        self._expected: dict[Key, None] = {}  # an ordered set
        self._found: dict[tuple[Any, ...], dict[Key, Value]] = {}

    def expect(self, keys: Iterable[Key]) -> None:
        """Announce keys that will probably be asked for. Costs no query, and None is skipped."""
        self._expected.update((key, None) for key in keys if key is not None)

    def load(self, key: Key, *arguments: Any) -> Value:
        """
        Return what ``key`` has; asks for it and for every announced key that is not yet known, at most 1,000, at once.

        Each set of ``arguments`` is a batch of its own: ``load(7, "newest")`` and ``load(7, "oldest")`` are 2 queries.
        """
        # --8<-- [start:batch]
        found = self._found.setdefault(arguments, {})
        if key not in found:
            others = [other for other in self._expected if other != key and other not in found]
            batch = [key, *others[: BATCH - 1]]
            fetched = self._fetch(batch, *arguments)
            found.update({each: fetched.get(each, self._missing) for each in batch})
        return found[key]
        # --8<-- [end:batch]


class Loaders:
    """
    The loaders of one request, made when first asked for: ``context.loaders[authors_of].load(book.id)``.

    ``authors_of(keys, *arguments)`` is a plain function that returns a mapping, and names its loader. Where a key may be
    missing, give it the attribute ``missing``, or return an entry for each key.
    """

    def __init__(self) -> None:
        self._loaders: dict[Any, Loader[Any, Any]] = {}

    def __getitem__(self, fetch: Callable[..., Mapping[Key, Value]]) -> Loader[Key, Value]:
        # --8<-- [start:request-scope]
        if fetch not in self._loaders:
            self._loaders[fetch] = Loader(fetch, getattr(fetch, "missing", None))
        return cast("Loader[Key, Value]", self._loaders[fetch])
        # --8<-- [end:request-scope]
