"""
Answers of the catalogue, kept as bytes: what callers who see the same would be told alike is made once.

Every change of a row of the catalogue lets go of all of them, on commit (``catalog.models.CATALOG``). What is expensive and
made of the catalogue, such as facets or statistics, belongs behind the same topic: ``remembered_for``.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from django.http import HttpResponse, QueryDict
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts.authentication import principal_of
from audiobooks.catalog.models import CATALOG
from audiobooks.catalog.selectors import sight_of
from audiobooks.errors import DomainError
from audiobooks.principal import Principal
from lab_caching import Policy, remember
from lab_caching.views import etag_of
from lab_rest.conditional import not_modified

Value = TypeVar("Value")

# --8<-- [start:bounds]
# A listener's answer may be a second behind a commit: that long a process answers from its own memory. A curator's is not,
# so that a writer reads what they wrote. A minute bounds what no topic was bumped for: SQL by hand, a cache that was away.
LISTENERS = Policy(ttl_s=60, local_s=1, negative_s=0)
CURATORS = Policy(ttl_s=60, negative_s=0)
# --8<-- [end:bounds]
# Of these there are as many values as the catalogue has. Words, cursors and dates can be made up without end, and each would
# take a place in the cache: what is asked for by those is answered from the database.
KEPT_PARAMETERS = frozenset(
    {"limit", "ordering", "genre", "language", "access", "series", "publisher", "is_abridged"}
)
MEDIA_TYPE = "application/json"


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """An answer of status 200."""

    etag: str
    link: str
    body: bytes


def policy_for(principal: Principal) -> Policy:
    """Return for how long answers to this caller are good."""
    return CURATORS if principal.is_curator else LISTENERS


def remembered_for(
    principal: Principal, name: str, *parts: object, compute: Callable[[], Value], kind: Any = Any
) -> Value:
    """Return what ``compute`` makes of the catalogue for all who see what ``principal`` sees. See ``lab_caching.remember``."""
    value: Value = remember(
        name,
        sight_of(principal),
        *parts,
        compute=compute,
        topics=[CATALOG],
        policy=policy_for(principal),
        kind=kind,
    )
    return value


# --8<-- [start:answered]
def answered(request: Request, name: str, make: Callable[[], "Response | Kept"]) -> HttpResponse:
    """Answer what ``make`` makes, or what it made for another who sees the same; 304 where the caller has it."""
    return told(request, kept_answer(request, name, make))


def kept_answer(request: Request, name: str, make: Callable[[], "Response | Kept"]) -> Kept:
    """
    Return what ``make`` makes, or what it made for another who sees the same: then no query is made.

    What ``make`` raises, and an empty list, are not kept.
    """
    made: list[Kept] = []
    refused: list[Exception] = []

    def compute() -> Kept | None:
        try:
            response = make()
            kept = response if isinstance(response, Kept) else kept_of(response)
        except (APIException, DomainError) as error:  # an answer too, and nobody else's
            refused.append(error)
            return None
        made.append(kept)
        return kept if is_worth_keeping(kept) else None

    query = request.META.get("QUERY_STRING", "")
    if has_few_values(query):
        address = (request.scheme, request.get_host(), request.path, query)
        kept = remembered_for(principal_of(request), name, *address, compute=compute, kind=Kept | None)
    else:
        kept = compute()
    if kept is None and not made and not refused:  # this process remembers that it is not worth keeping
        kept = compute()
    if refused:
        raise refused[-1]
    return kept or made[-1]


# --8<-- [end:answered]


@lru_cache(maxsize=256)
def has_few_values(query: str) -> bool:
    """Say whether only ``KEPT_PARAMETERS`` are asked for: of those there are so few that one answer is read once."""
    return set(QueryDict(query)) <= KEPT_PARAMETERS


def kept_of(response: Response) -> Kept:
    """Return an answer as bytes, with its own ETag or one of its bytes."""
    body: bytes = JSONRenderer().render(response.data)
    return Kept(
        response.headers.get("ETag") or etag_of(body, MEDIA_TYPE), response.headers.get("Link", ""), body
    )


def is_worth_keeping(kept: Kept) -> bool:
    """Say whether there is something in it: a genre that does not exist has an empty list, and there is no end of those."""
    return not kept.body.startswith(b'{"results":[],')


def told(request: Request, kept: Kept) -> HttpResponse:
    """Return 200 with the bytes, or 304."""
    unchanged = not_modified(request, kept.etag)
    if unchanged:
        return unchanged
    headers = {"ETag": kept.etag} | ({"Link": kept.link} if kept.link else {})
    return HttpResponse(kept.body, content_type=MEDIA_TYPE, headers=headers)
