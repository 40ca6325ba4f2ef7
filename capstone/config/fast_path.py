"""
The fast path: what is read most, lists of recordings and a recording, is answered before Django's round of a request.

The same functions run in the same order as there: host, caller, limit, page, condition, fields. Only what is usual and right is
answered. Whatever else is asked, and whatever goes wrong, is Django's, as if this were not here: so errors are told in one place.
"""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from audiobooks.accounts.authentication import BearerTokenAuthentication, principal_of
from audiobooks.accounts.limits import EVERYTHING, attempt
from audiobooks.accounts.throttles import COUNTED, by_caller, fields
from audiobooks.catalog.rest import cards, writes
from audiobooks.catalog.rest.caching import MEDIA_TYPE, Kept, kept_answer
from audiobooks.catalog.rest.dispatch import PLAINLY_JSON
from audiobooks.catalog.rest.views import CatalogView
from audiobooks.errors import DomainError
from audiobooks.principal import ANONYMOUS
from config.middleware import SafeDefaultsMiddleware, ShortWayMiddleware
from lab_rest.conditional import not_modified
from lab_rest.preconditions import MalformedTags
from lab_rest.request_id import HEADER, IN_META, current, request_id_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

log = logging.getLogger(__name__)
ADDRESS = "/api/v1/audiobooks/"
ID_LENGTH = len(str(UUID(int=0)))
TOLD_BY_DJANGO = (APIException, DomainError, SuspiciousOperation, MalformedTags, Error)
Fields = list[tuple[str, str]]
Application = Callable[[dict[str, Any], "StartResponse"], Iterable[bytes]]
Remembered = Callable[[Request, str, Callable[[], Kept]], Kept]


class Read(NamedTuple):
    """What is asked for: the view whose it is, the name under which its answer is kept, and who makes it."""

    view: type[CatalogView]
    name: str
    make: Callable[[], Kept]


class PlainRequest(WSGIRequest):
    """A GET without a body: Django's own, of which no more is made ready than hosts, schemes and links are asked for."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = self.META = environ
        self.path = self.path_info = environ["PATH_INFO"]
        self.method = "GET"


# --8<-- [start:fast-path]
class FastPath:
    """A WSGI application in front of Django's. ``remembered`` keeps answers."""

    def __init__(self, django: Application, remembered: Remembered = kept_answer) -> None:
        self.django, self.remembered = django, remembered
        self.safe_fields: dict[str | None, Fields] = {}

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or let Django."""
        try:
            answer = self.answer(environ) if is_usual(environ) else None
        except TOLD_BY_DJANGO:
            answer = None
        except Exception:
            log.exception("The fast path failed; Django answers.")
            answer = None
        finally:
            current.set("-")
        if answer is None:
            return self.django(environ, start_response)
        status, found, body = answer
        start_response(status, found)
        return [body]

    def answer(self, environ: dict[str, Any]) -> tuple[str, Fields, bytes] | None:
        """Return a status, fields and a body; None where that is for Django to do. Raises what goes wrong."""
        request = cast("Request", PlainRequest(environ))  # all of one that is used here
        read = read_of(request)
        if read is None:
            return None
        environ[IN_META] = request_id_of(request)
        current.set(environ[IN_META])
        host = request.get_host()  # raises DisallowedHost
        request.get_host = lambda: host  # type: ignore[method-assign]  # links and caches ask again
        safe = self.safe_fields_of(request)
        if safe is None:
            return None
        close_old_connections()
        request.user = (BearerTokenAuthentication().authenticate(request) or (ANONYMOUS,))[0]  # type: ignore[assignment]
        verdict = environ[COUNTED] = attempt(by_caller([EVERYTHING], request))
        if not verdict.passes:
            return None
        kept = self.remembered(request, read.name, read.make)
        told = [*safe, *fields(verdict).items(), (HEADER, environ[IN_META]), ("ETag", kept.etag)]
        told.append(("Allow", ALLOWED[read.view]))
        if not_modified(request, kept.etag):
            return "304 Not Modified", told, b""
        told += [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(kept.body)))]
        return "200 OK", told + [("Link", kept.link)] * bool(kept.link), kept.body

    # --8<-- [end:fast-path]

    def safe_fields_of(self, request: Request) -> Fields | None:
        """Return the fields that every answer has, of the middleware that sets them; None where that sends elsewhere."""
        if request.scheme not in self.safe_fields:
            answer = cast("HttpResponse", answered_by_middleware(cast("HttpRequest", request)))
            if answer.status_code != HttpResponse.status_code:
                return None
            own = {"content-type", "content-length"}
            self.safe_fields[request.scheme] = [one for one in answer.items() if one[0].lower() not in own]
        return self.safe_fields[request.scheme]


def is_usual(environ: dict[str, Any]) -> bool:
    """Tell whether it is a GET of recordings, without a body, that takes JSON."""
    return (
        environ["PATH_INFO"].startswith(ADDRESS)
        and environ["REQUEST_METHOD"] == "GET"
        and environ.get("HTTP_ACCEPT", "") in PLAINLY_JSON
        and not (
            environ.get("SCRIPT_NAME") or environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ
        )
    )


def read_of(request: Request) -> Read | None:
    """Return what is asked for; None where it is not a plain page or a recording."""
    rest = request.path.removeprefix(ADDRESS)
    if not rest:
        asked = cards.asked_of(request, writes.Audiobooks.orderings, cards.Asked)
        make = asked and partial(cards.asked_page, request, asked, writes.Audiobooks.orderings)
        return Read(writes.Audiobooks, cards.LIST, make) if make else None
    if len(rest) != ID_LENGTH + 1 or not rest.endswith("/"):
        return None
    try:
        audiobook_id = UUID(rest[:-1])
    except ValueError:
        return None
    return Read(writes.AudiobookOne, cards.ONE, lambda: cards.whole(principal_of(request), audiobook_id))


def allowed_by(view: type[CatalogView]) -> str:
    """Return a view's methods, as its answers tell them."""
    one = view()
    one.setup(HttpRequest())  # which lets it answer HEAD
    return one.default_response_headers["Allow"]


def middleware() -> SecurityMiddleware:
    """Return the middleware that says what every answer says, around nothing."""
    return SecurityMiddleware(SafeDefaultsMiddleware(ShortWayMiddleware(lambda _request: HttpResponse())))


ALLOWED: dict[type[CatalogView], str] = {
    view: allowed_by(view) for view in (writes.Audiobooks, writes.AudiobookOne)
}
answered_by_middleware = middleware()
