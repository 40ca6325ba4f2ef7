"""
Sessions of web pages: the refresh token in a cookie that no script can read, beside the routes that take it in a body.

The two never mix: these read no token from a body and answer none in one; the others look at no cookie.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts import services
from audiobooks.accounts.limits import LOG_IN, LOG_IN_NAME, TOKEN
from audiobooks.accounts.rest import shapes
from audiobooks.accounts.rest.access import AccountView, body_of, device_of
from audiobooks.accounts.rest.operations import PASSWORD, TOKENS, UNCOUNTED, operation
from audiobooks.errors import NotAllowed

# --8<-- [start:cookie]
COOKIE = "nexus_refresh"
PATH = "/api/v1/auth/browser/"  # the cookie is sent to these three routes and to no other address


def keep_in_cookie(response: Response, tokens: services.SessionTokens) -> None:
    """Have the browser keep the refresh token, where no script and no page of another site can use it."""
    response.set_cookie(
        COOKIE,
        tokens.refresh_token,
        expires=tokens.session.expires_at,
        path=PATH,
        secure=settings.BEHIND_HTTPS,
        httponly=True,
        samesite="Strict",
    )
    # --8<-- [end:cookie]


# --8<-- [start:own-page]
class FromOwnPage(BasePermission):
    """
    Lets in what this site's own pages send: a browser adds cookies to what other sites' pages send, too (CSRF).

    Browsers say where a request comes from in Sec-Fetch-Site, and no script can change that; older ones, and all
    over plain HTTP, send Origin with every POST. Who says neither is refused. Raises ``NotAllowed("cross_site")``.
    """

    def has_permission(self, request: Request, view: object) -> bool:
        """Return True, or raise."""
        own = f"{request.scheme}://{request.get_host()}"
        site = request.headers.get("Sec-Fetch-Site")
        if site == "same-origin" or (site is None and request.headers.get("Origin") == own):
            return True
        raise NotAllowed("cross_site", f"Only a page of {own} may ask this. Other clients use auth/token/.")

    # --8<-- [end:own-page]


SENT_BY_BROWSERS = OpenApiParameter(
    "Sec-Fetch-Site",
    {"type": "string", "enum": ["same-origin"]},
    OpenApiParameter.HEADER,
    required=True,
    description="Browsers send it by themselves. In its place, an `Origin` that is this site's will do.",
)
CROSS_SITE = {"403": "`cross-site`: it does not come from a page of this site."}
KEPT = {name: value for name, value in TOKENS.items() if name != "refresh_token"}


def described(operation_id: str, summary: str, *, by_cookie: bool = True, **more: Any) -> Callable[..., Any]:
    """Describe a route of this file; ``by_cookie`` says that the cookie is the proof."""
    problems = CROSS_SITE | more.pop("problems", {})
    proofs: list[dict[str, list[str]]] = [{"refreshCookie": []} if by_cookie else {}]
    return operation(
        operation_id, summary, parameters=[SENT_BY_BROWSERS], problems=problems, proofs=proofs, **more
    )


class BrowserView(AccountView):
    """For pages of this site; a token in the Authorization header is not looked at."""

    authentication_classes = ()
    permission_classes = (FromOwnPage,)


class BrowserLogIn(BrowserView):
    """POST auth/browser/token/ → 200 access token, and the cookie · 400 · 401 · 403 cross_site · 429."""

    limits = (LOG_IN, LOG_IN_NAME)

    @described(
        "browser_log_in",
        "Log in, in a browser",
        by_cookie=False,
        sent=(shapes.CredentialsIn, {"username": "bo", "password": PASSWORD}),
        answered=(
            200,
            shapes.BrowserTokensOut,
            "A new session's access token; its refresh token is in the cookie.",
            KEPT,
        ),
        problems={"401": "`credentials-refused`: no active account has this name and password."} | UNCOUNTED,
    )
    def post(self, request: Request) -> Response:
        """
        Exchange a username (or e-mail) and password for an access token, and a refresh token in a cookie.

        Keep the access token in memory. The cookie is HttpOnly and SameSite=Strict, and sent to `auth/browser/` only.
        """
        credentials = body_of(request, shapes.CredentialsIn)
        tokens = services.user_log_in(**credentials, device=device_of(request), now=timezone.now())
        return answer(tokens)


class BrowserRefresh(BrowserView):
    """POST auth/browser/token/refresh/ → 200 access token, and the next cookie · 401 · 403 cross_site · 429."""

    limits = (TOKEN,)

    @described(
        "browser_refresh",
        "Continue a session, in a browser",
        answered=(
            200,
            shapes.BrowserTokensOut,
            "The session's next access token; the cookie is new too.",
            KEPT,
        ),
        problems={"401": "`refresh-token-refused` or `refresh-token-reused`: log in again."},
    )
    def post(self, request: Request) -> Response:
        """
        Exchange the cookie's refresh token; there is no body.

        It works once, as at auth/token/refresh/, and all tabs share the cookie: let one refresh at a time
        (`navigator.locks`).
        """
        token = request.COOKIES.get(COOKIE, "")
        tokens = services.session_refresh(refresh_token=token, device=device_of(request), now=timezone.now())
        return answer(tokens)


class BrowserLogOut(BrowserView):
    """POST auth/browser/logout/ → 204 · 403 cross_site · 429."""

    limits = (TOKEN,)

    @described(
        "browser_log_out",
        "Log out, in a browser",
        answered=(204, None, "The session is over, or never was; the cookie is gone.", None),
    )
    def post(self, request: Request) -> Response:
        """End the session of the cookie's refresh token; there is no body. Forget the access token."""
        services.user_log_out(refresh_token=request.COOKIES.get(COOKIE, ""))
        response = Response(status=204)
        response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
        return response


def answer(tokens: services.SessionTokens) -> Response:
    """Answer the access token in the body, and the refresh token in the cookie."""
    response = Response(shapes.BrowserTokensOut(tokens).data)
    keep_in_cookie(response, tokens)
    return response
