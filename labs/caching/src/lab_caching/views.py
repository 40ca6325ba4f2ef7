"""Whole answers: what is the same for many is made once, and who has it already is not sent it again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from hashlib import sha256
from typing import cast

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from lab_caching.policy import Policy
from lab_caching.reading import DEFAULT, remember

View = Callable[..., HttpResponseBase]
Topics = Iterable[str] | Callable[..., Iterable[str]]


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """An answer of status 200 as it is kept."""

    etag: str
    headers: dict[str, str]
    body: bytes


class Failed(Exception):
    """The view has answered 5xx."""


def etag_of(body: bytes, content_type: str) -> str:
    """Return a strong tag of these bytes (RFC 9110, section 8.8.3)."""
    found = sha256(content_type.encode() + b" ")
    found.update(body)
    return f'"{found.hexdigest()[:32]}"'


def remembered_answer(
    request: HttpRequest,
    name: str,
    /,
    *parts: object,
    body: Callable[[], bytes],
    content_type: str = "application/json",
    topics: Iterable[str] = (),
    policy: Policy = DEFAULT,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """
    Return 200 with the remembered body and its ETag, or 304 to who has it. On a hit the source is not asked for either.

    For use inside of a view, once that has decided that this caller may see it: whoever has equal ``parts`` is given
    the same. So what differs by caller belongs into ``parts``. Raises what ``remember`` raises.
    """

    def compute() -> Kept:
        made = body()
        return Kept(etag_of(made, content_type), {"Content-Type": content_type}, made)

    kept = remember(name, *parts, compute=compute, topics=topics, policy=policy, kind=Kept)
    return conditional(request, kept, headers or {})


def conditional(request: HttpRequest, kept: Kept, headers: Mapping[str, str]) -> HttpResponse:
    """Return a kept answer, or 304 where If-None-Match names it (RFC 9110, section 13.1.2)."""
    whole = HttpResponse(kept.body, headers={**kept.headers, **headers, "ETag": kept.etag})
    # --8<-- [start:not-modified]
    return get_conditional_response(request, etag=kept.etag, response=whole) or whole
    # --8<-- [end:not-modified]


def cached_view(
    name: str, *, topics: Topics = (), policy: Policy = DEFAULT, vary: Sequence[str] = ()
) -> Callable[[View], View]:
    """
    Let a view answer from the cache, with an ETag: those who ask without credentials, and in the same words.

    Two requests are the same where scheme, host, path, query, the active language and each header named in ``vary``
    are. Only GET is kept, and only a 200 that nobody's own data went into: not one that sets a cookie, says
    ``private`` or ``no-store``, varies by a header that ``vary`` does not name, was streamed, or for which the view has
    read the session or made a CSRF token. A request that brings a session cookie or ``Authorization`` is answered by the
    view itself. A 5xx is an error: for ``policy.stale_s`` the last answer is given in its place.

    ``topics`` may be a function of what the view is called with.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method != "GET" or has_credentials(request):
                return view(request, *args, **kwargs)
            made: list[HttpResponseBase] = []

            def compute() -> Kept | None:
                response = view(request, *args, **kwargs)
                made.append(response)
                if response.status_code >= 500:
                    raise Failed
                return kept_of(response) if may_be_shared(request, response, vary) else None

            depends_on = topics(request, *args, **kwargs) if callable(topics) else topics
            parts = view_key(request, vary)
            try:
                kept = remember(
                    name, *parts, compute=compute, topics=depends_on, policy=policy, kind=Kept | None
                )
            except Failed:
                return made[-1]
            if kept is None:  # nobody's but this caller's: whoever asks next is answered by the view
                return made[-1] if made else view(request, *args, **kwargs)
            return conditional(request, kept, {})

        return answer

    return decorate


def view_key(request: HttpRequest, vary: Sequence[str]) -> list[str | None]:
    """Return all that an answer may depend on, of a request without credentials."""
    # --8<-- [start:view-key]
    return [request.build_absolute_uri(), get_language(), *[request.headers.get(name) for name in vary]]
    # --8<-- [end:view-key]


def has_credentials(request: HttpRequest) -> bool:
    """Tell whether a request says who sends it: by ``Authorization``, or by a session's cookie."""
    # --8<-- [start:credentials]
    return "Authorization" in request.headers or settings.SESSION_COOKIE_NAME in request.COOKIES
    # --8<-- [end:credentials]


def may_be_shared(request: HttpRequest, response: HttpResponseBase, vary: Sequence[str]) -> bool:
    """
    Tell whether the answer to one caller may be given to another (RFC 9111, section 3).

    ``SessionMiddleware`` and ``CsrfViewMiddleware`` say ``Vary: Cookie`` only after the view's decorators: so what they
    go by is looked at here.
    """
    # --8<-- [start:may-share]
    rules = {rule.partition("=")[0].strip().lower() for rule in response.get("Cache-Control", "").split(",")}
    varies = {header.strip().lower() for header in response.get("Vary", "").split(",") if header.strip()}
    session = getattr(request, "session", None)
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and rules.isdisjoint({"private", "no-store"})
        and varies <= {name.lower() for name in vary} - {"*", "cookie", "authorization"}
        and not (session is not None and session.accessed)
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
    )
    # --8<-- [end:may-share]


def kept_of(response: HttpResponseBase) -> Kept:
    """Return an answer as it is kept: rendered, with its headers."""
    render = getattr(response, "render", None)
    whole = cast("HttpResponse", render() if render is not None else response)
    headers = dict(whole.headers)
    tag = headers.get("ETag") or etag_of(whole.content, headers.get("Content-Type", ""))
    return Kept(tag, headers, whole.content)
