"""Signing in and out, device by device. Each view reads a body and makes one call."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts import selectors, services
from audiobooks.accounts.authentication import session_id_of, user_id_of
from audiobooks.accounts.limits import LOG_IN, LOG_IN_NAME, TOKEN
from audiobooks.accounts.rest import shapes
from audiobooks.accounts.rest.access import OpenView, SignedInView, body_of, device_of
from audiobooks.accounts.rest.operations import (
    PASSWORD,
    SESSION,
    TOKENS,
    UNCOUNTED,
    operation,
)
from lab_rest.pagination import KeysetPagination


class LogIn(OpenView):
    """POST auth/token/ → 200 tokens · 400 · 401 credentials_refused · 429."""

    limits = (LOG_IN, LOG_IN_NAME)

    @operation(
        "log_in",
        "Log in",
        sent=(shapes.CredentialsIn, {"username": "bo", "password": PASSWORD}),
        answered=(200, shapes.TokensOut, "A new session's tokens.", TOKENS),
        problems={"401": "`credentials-refused`: no active account has this name and password."} | UNCOUNTED,
    )
    def post(self, request: Request) -> Response:
        """
        Exchange a username (or e-mail) and password for the tokens of a new session.

        Limited per caller and per name. A wrong name, a wrong password and a closed account have the same answer.
        """
        credentials = body_of(request, shapes.CredentialsIn)
        tokens = services.user_log_in(**credentials, device=device_of(request), now=timezone.now())
        return Response(shapes.TokensOut(tokens).data)


class Refresh(OpenView):
    """POST auth/token/refresh/ → 200 tokens · 400 · 401 refresh_token_refused, refresh_token_reused · 429."""

    limits = (TOKEN,)

    @operation(
        "refresh",
        "Continue a session",
        sent=(shapes.RefreshTokenIn, {"refresh_token": TOKENS["refresh_token"]}),
        answered=(200, shapes.TokensOut, "The session's next tokens.", TOKENS),
        problems={"401": "`refresh-token-refused` or `refresh-token-reused`: log in again."},
    )
    def post(self, request: Request) -> Response:
        """
        Exchange a refresh token for new tokens. It works once: keep the one that is answered.

        A second use ends the whole session, for it may be a thief's (RFC 9700, section 4.14.2); there is no period
        of grace. So send one refresh at a time, from one tab, and log in again where you never got the answer. A
        session ends after 30 days without a refresh, and 90 days after its log-in.
        """
        token = body_of(request, shapes.RefreshTokenIn)
        tokens = services.session_refresh(**token, device=device_of(request), now=timezone.now())
        return Response(shapes.TokensOut(tokens).data)


class LogOut(OpenView):
    """POST auth/logout/ → 204 · 400 · 429."""

    limits = (TOKEN,)

    @operation(
        "log_out",
        "Log out",
        sent=(shapes.RefreshTokenIn, {"refresh_token": TOKENS["refresh_token"]}),
        answered=(204, None, "The session is over, or never was.", None),
    )
    def post(self, request: Request) -> Response:
        """
        End the session of a refresh token; no access token is needed.

        Access tokens are not looked up anywhere: the last one stays good until it expires, 15 minutes at most.
        Forget it.
        """
        services.user_log_out(**body_of(request, shapes.RefreshTokenIn))
        return Response(status=204)


class SessionList(SignedInView, generics.ListAPIView[selectors.Session]):
    """GET auth/sessions/ → 200 a page of the caller's sessions · 401 · DELETE → 204 · 401."""

    pagination_class = KeysetPagination
    serializer_class = shapes.SessionOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {
        "-last_used_at": ("-last_used_at", "-id"),
        "-created_at": ("-created_at", "-id"),
    }
    default_ordering = "-last_used_at"

    def get_queryset(self) -> Any:
        """Return the caller's sessions."""
        if getattr(self, "swagger_fake_view", False):
            return selectors.Session.objects.none()
        return selectors.sessions_of(user_id_of(self.request), now=timezone.now())

    def get_serializer_context(self) -> dict[str, Any]:
        """Say which session asks."""
        return {**super().get_serializer_context(), "session_id": session_id_of(self.request)}

    @operation(
        "sessions_list",
        "List your sessions",
        answered=(200, shapes.SessionOut(many=True), "One page.", SESSION),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page of the devices you are signed in on, the one used last first. Follow `next` for more."""
        return super().get(request, *args, **kwargs)

    @operation("sessions_end", "End all other sessions", answered=(204, None, "They are over.", None))
    def delete(self, request: Request) -> Response:
        """
        Sign out everywhere but here: end every session except the one your access token was issued in.

        Access tokens issued in them stay good until they expire, 15 minutes at most.
        """
        services.sessions_end(user_id=user_id_of(request), but=session_id_of(request))
        return Response(status=204)


class SessionEnd(SignedInView):
    """DELETE auth/sessions/{id}/ → 204 · 401 · 404."""

    @operation("session_end", "End a session", answered=(204, None, "It is over.", None))
    def delete(self, request: Request, id: UUID) -> Response:  # noqa: A002 -- the address's word
        """
        Sign a device out. 404 for a session that is over, never was, or is somebody else's.

        Its last access token stays good until it expires, 15 minutes at most.
        """
        services.session_end(user_id=user_id_of(request), session_id=id)
        return Response(status=204)
