"""Conditional requests (RFC 9110, section 13): what a view does before it reads, and before it lets change."""

from collections.abc import Mapping

from django.http import HttpResponseNotModified
from rest_framework.request import Request

from lab_rest.exceptions import Problem
from lab_rest.preconditions import Precondition, read_tags


class NotModified(HttpResponseNotModified):
    """A 304 to which CommonMiddleware adds no ``Content-Length: 0``: RFC 9110, section 8.6, forbids that."""

    def has_header(self, header: str) -> bool:
        return header.lower() == "content-length" or super().has_header(header)


def not_modified(request: Request, etag: str, headers: Mapping[str, str] | None = None) -> NotModified | None:
    """
    Return the 304 where the caller's If-None-Match names ``etag``; None where the view shall answer in full.

    For GET and HEAD, once the caller is known to be allowed to see the thing. ``headers`` are those of the full
    answer that a cache needs again: Cache-Control, Content-Location, Expires, Vary (RFC 9110, section 15.4.5).
    The comparison is the weak one (section 13.1.2): a proxy that compresses may have made the tag weak. ``*``
    matches. Raises ``MalformedTags``, a 400. The full answer carries ``ETag: etag`` too.
    """
    # --8<-- [start:if-none-match]
    header = request.META.get("HTTP_IF_NONE_MATCH")
    if header is None:
        return None
    tags = {tag.removeprefix("W/") for tag in read_tags(header)}
    if tags.isdisjoint({"*", etag.removeprefix("W/")}):
        return None
    return NotModified(headers={**(headers or {}), "ETag": etag})
    # --8<-- [end:if-none-match]


def precondition_from(request: Request) -> Precondition:
    """
    Return what the caller's If-Match demands, for the service to check under the row's lock.

    Raises a 428 ``Problem`` where the header is missing (RFC 6585, section 3) and where it is ``*``: any version
    matches that (RFC 9110, section 13.1.1), so it guards against no lost update, which is what the 428 asks for.
    Raises ``MalformedTags``, a 400.
    """
    # --8<-- [start:if-match]
    header = request.headers.get("If-Match")
    tags = frozenset("*") if header is None else read_tags(header)
    if "*" in tags:
        raise Problem(
            status=428,
            type="precondition-required",
            detail="Read the thing, then send its ETag in If-Match with the change. If-Match: * will not do.",
        )
    return Precondition(tags)
    # --8<-- [end:if-match]
