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
Fetch = TypeVar("Fetch", bound=Callable[..., Mapping[Any, Any]])
BATCH = 1_000  # keys in one query


class Loader(Generic[Key, Value]):
    """
    One kind of thing, for one request. ``fetch(keys, *arguments)`` returns a mapping; a missing key means ``missing``.

    ``fetched(values)`` is told of each batch: the place to announce what will be asked of all of them.
    """

    def __init__(
        self,
        fetch: Callable[..., Mapping[Key, Value]],
        missing: Any = None,
        fetched: Callable[[Iterable[Value]], None] = lambda values: None,
    ) -> None:
        self._fetch = fetch
        self._missing = missing
        self._fetched = fetched
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
            self._fetched(fetched.values())
        return found[key]
        # --8<-- [end:batch]


def batch(
    *, missing: Any = None, fetched: "Callable[[Iterable[Any], Loaders], None] | None" = None
) -> Callable[[Fetch], Fetch]:
    """
    Say of a function that fetches a batch what a missing key has, and what becomes of the values.

    ``fetched(values, loaders)`` announces what will be asked of them: so the children of all parents are one batch,
    at every level.
    """

    def mark(fetch: Fetch) -> Fetch:
        setattr(fetch, "missing", missing)  # noqa: B010 -- a function has no such attribute, says mypy
        setattr(fetch, "fetched", fetched)  # noqa: B010
        return fetch

    return mark


class Loaders:
    """
    The loaders of one request, made when first asked for: ``context.loaders[authors_of].load(book.id)``.

    ``authors_of(keys, *arguments)`` is a plain function that returns a mapping, and names its loader; ``@batch`` says more.
    """

    def __init__(self) -> None:
        self._loaders: dict[Any, Loader[Any, Any]] = {}

    def __getitem__(self, fetch: Callable[..., Mapping[Key, Value]]) -> Loader[Key, Value]:
        # --8<-- [start:request-scope]
        if fetch not in self._loaders:
            fetched = getattr(fetch, "fetched", None) or (lambda values, loaders: None)
            self._loaders[fetch] = Loader(
                fetch, getattr(fetch, "missing", None), lambda values: fetched(values, self)
            )
        return cast("Loader[Key, Value]", self._loaders[fetch])
        # --8<-- [end:request-scope]
