"""Signing in and out, and changing what one signs in with. Each view reads a body and makes one call."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework import generics
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from audiobooks.accounts import selectors, services
from audiobooks.accounts.authentication import principal_of, session_id_of, user_id_of
from audiobooks.accounts.devices import Device, device_from
from audiobooks.accounts.rest import shapes
from audiobooks.accounts.rest.operations import LETTER, ME, TOKEN_REFUSED, TOKENS, WAIT, operation
from audiobooks.accounts.rest.throttles import PerCaller, PerLogInName, PerMailAddress
from lab_rest.pagination import KeysetPagination
from lab_rest.serializers import StrictSerializer

PASSWORD = "a long walk by the sea"  # noqa: S105 -- of the examples
SENT = (
    "A letter is on its way, if the address can have one. The same answer whether an account has it or not."
)


def body_of(request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
    """Return a request's body. Raises DRF's ``ValidationError``."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def device_of(request: Request) -> Device:
    """Return the device a request comes from. Its address is the one that limits are counted by."""
    return device_from(request.headers.get("User-Agent", ""), BaseThrottle().get_ident(request))


def tokens_answer(tokens: services.SessionTokens) -> Response:
    """Answer tokens."""
    return Response(shapes.TokensOut(tokens).data)


class AccountView(APIView):
    """Nothing here is kept by any cache."""

    throttle_classes = [PerCaller]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return what every answer says, errors too."""
        return super().default_response_headers | {"Cache-Control": "no-store"}


class OpenView(AccountView):
    """For everybody: what the body carries is the proof, and a token in the header is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class SignedInView(AccountView):
    """For users."""

    permission_classes = (IsAuthenticated,)


class Register(OpenView):
    """POST auth/register/ → 202 · 400 · 409 username_taken · 429 · 503."""

    throttle_classes = [PerCaller, PerMailAddress]
    throttle_scope = "mail"

    @operation(
        "register",
        "Register",
        sent=(shapes.RegistrationIn, {"username": "bo", "email": "bo@example.org", "password": PASSWORD}),
        answered=(202, None, SENT, None),
        problems={"409": "`username-taken`: choose another."} | WAIT | LETTER,
    )
    def post(self, request: Request) -> Response:
        """
        Send a letter with a token to the address; auth/verify/ makes the account of it, within 24 hours.

        Until then there is no account: nobody can occupy your name or address by registering first.
        """
        services.user_register(**body_of(request, shapes.RegistrationIn), now=timezone.now())
        return Response(status=202)


class Verify(OpenView):
    """POST auth/verify/ → 200 the account · 400 · 409 username_taken, email_taken · 429."""

    throttle_scope = "token"

    @operation(
        "verify_email",
        "Confirm an e-mail address",
        sent=(shapes.MailedTokenIn, {"token": "WyJyZWdpc3RlciIs…"}),
        answered=(200, shapes.MeOut, "The account, with the address confirmed.", ME),
        problems={"409": "`username-taken` or `email-taken`: somebody was faster."} | TOKEN_REFUSED | WAIT,
    )
    def post(self, request: Request) -> Response:
        """Make the account a registration asked for, or give an account its new address. Log in afterwards."""
        user = services.email_verify(**body_of(request, shapes.MailedTokenIn), now=timezone.now())
        return Response(shapes.MeOut(user).data)


class LogIn(OpenView):
    """POST auth/token/ → 200 tokens · 400 · 401 credentials_refused · 429."""

    throttle_classes = [PerCaller, PerLogInName]
    throttle_scope = "log-in"

    @operation(
        "log_in",
        "Log in",
        sent=(shapes.CredentialsIn, {"username": "bo", "password": PASSWORD}),
        answered=(200, shapes.TokensOut, "A new session's tokens.", TOKENS),
        problems={"401": "`credentials-refused`: no active account has this name and password."} | WAIT,
    )
    def post(self, request: Request) -> Response:
        """
        Exchange a username (or e-mail) and password for the tokens of a new session.

        Limited per caller and per name. A wrong name, a wrong password and a closed account have the same answer.
        """
        credentials = body_of(request, shapes.CredentialsIn)
        return tokens_answer(
            services.user_log_in(**credentials, device=device_of(request), now=timezone.now())
        )


class Refresh(OpenView):
    """POST auth/token/refresh/ → 200 tokens · 400 · 401 refresh_token_refused, refresh_token_reused · 429."""

    throttle_scope = "token"

    @operation(
        "refresh",
        "Continue a session",
        sent=(shapes.RefreshIn, {"refresh_token": TOKENS["refresh_token"]}),
        answered=(200, shapes.TokensOut, "The session's next tokens.", TOKENS),
        problems={"401": "`refresh-token-refused` or `refresh-token-reused`: log in again."} | WAIT,
    )
    def post(self, request: Request) -> Response:
        """
        Exchange a refresh token for new tokens. It works once: keep the one that is answered.

        A second use ends the whole session, for it may be a thief's (RFC 9700, section 4.14.2); there is no period
        of grace. So send one refresh at a time, from one tab, and log in again where you never got the answer. A
        session ends after 30 days without a refresh, and 90 days after its log-in.
        """
        token = body_of(request, shapes.RefreshIn)
        return tokens_answer(services.session_refresh(**token, device=device_of(request), now=timezone.now()))


class LogOut(OpenView):
    """POST auth/logout/ → 204 · 400 · 429."""

    throttle_scope = "token"

    @operation(
        "log_out",
        "Log out",
        sent=(shapes.RefreshIn, {"refresh_token": TOKENS["refresh_token"]}),
        answered=(204, None, "The session is over, or never was.", None),
        problems=WAIT,
    )
    def post(self, request: Request) -> Response:
        """
        End the session of a refresh token; no access token is needed.

        Access tokens are not looked up anywhere: the last one stays good until it expires, 15 minutes at most.
        Forget it.
        """
        services.user_log_out(**body_of(request, shapes.RefreshIn))
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
        answered=(200, shapes.SessionOut(many=True), "One page.", None),
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


class PasswordReset(OpenView):
    """POST auth/password/reset/ → 202 · 400 · 429 · 503."""

    throttle_classes = [PerCaller, PerMailAddress]
    throttle_scope = "mail"

    @operation(
        "password_reset",
        "Ask for a password reset",
        sent=(shapes.PasswordResetIn, {"email": "bo@example.org"}),
        answered=(202, None, SENT, None),
        problems=WAIT | LETTER,
    )
    def post(self, request: Request) -> Response:
        """Send a letter to the address: with a token for auth/password/reset/confirm/, good for an hour."""
        services.password_reset_request(**body_of(request, shapes.PasswordResetIn), now=timezone.now())
        return Response(status=202)


class PasswordResetConfirm(OpenView):
    """POST auth/password/reset/confirm/ → 204 · 400 · 429."""

    throttle_scope = "token"

    @operation(
        "password_reset_confirm",
        "Set a password with a mailed token",
        sent=(shapes.PasswordResetConfirmIn, {"token": "WyJyZXNldC1wYXNz…", "password": PASSWORD}),
        answered=(204, None, "The password is set, and every session is over.", None),
        problems=TOKEN_REFUSED | WAIT,
    )
    def post(self, request: Request) -> Response:
        """Set another password. Every session ends, and every token mailed before is void. Log in afterwards."""
        services.password_reset(**body_of(request, shapes.PasswordResetConfirmIn), now=timezone.now())
        return Response(status=204)


class PasswordChange(SignedInView):
    """POST auth/password/ → 200 tokens · 400 · 401 · 404 account_gone · 429."""

    throttle_scope = "password"

    @operation(
        "password_change",
        "Change your password",
        sent=(
            shapes.PasswordChangeIn,
            {"current_password": PASSWORD, "password": "a longer walk by the lake"},
        ),
        answered=(200, shapes.TokensOut, "The tokens of a new session, the only one there is now.", TOKENS),
        problems={"404": "`account-gone`: closed since the token was issued."} | WAIT,
    )
    def post(self, request: Request) -> Response:
        """Set another password. Every session ends, on this device too, which goes on with the tokens answered."""
        change = body_of(request, shapes.PasswordChangeIn)
        user_id = user_id_of(request)
        return tokens_answer(
            services.password_change(user_id=user_id, **change, device=device_of(request), now=timezone.now())
        )


class EmailChange(SignedInView):
    """POST auth/email/ → 202 · 400 · 401 · 404 account_gone · 429 · 503."""

    throttle_classes = [PerCaller, PerMailAddress]
    throttle_scope = "password"

    @operation(
        "email_change",
        "Change your e-mail address",
        sent=(shapes.EmailChangeIn, {"email": "bo@example.net", "password": PASSWORD}),
        answered=(202, None, SENT, None),
        problems={"404": "`account-gone`: closed since the token was issued."} | WAIT | LETTER,
    )
    def post(self, request: Request) -> Response:
        """Send a letter to the new address; auth/verify/ with its token makes the change, within 24 hours."""
        change = body_of(request, shapes.EmailChangeIn)
        services.email_change_request(user_id=user_id_of(request), **change, now=timezone.now())
        return Response(status=202)


class Me(SignedInView):
    """GET me/ → 200 the caller · 401 · 404 account_gone · PATCH → 200 · 400 · 401 · 404 · 409 username_taken."""

    @operation(
        "me",
        "Who am I?",
        answered=(200, shapes.MeOut, "The account behind the access token.", ME),
        problems={"404": "`account-gone`: closed since the token was issued."},
    )
    def get(self, request: Request) -> Response:
        """Return the account behind the access token."""
        return Response(shapes.MeOut(selectors.user_behind(principal_of(request))).data)

    @operation(
        "me_change",
        "Change your username",
        sent=(shapes.MePatch, {"username": "bo.reads"}),
        answered=(200, shapes.MeOut, "The account, changed.", ME | {"username": "bo.reads"}),
        problems={
            "404": "`account-gone`: closed since the token was issued.",
            "409": "`username-taken`: choose another.",
        },
    )
    def patch(self, request: Request) -> Response:
        """Take another username. E-mail and password have addresses of their own; the role is the staff's to give."""
        user = services.user_rename(user_id=user_id_of(request), **body_of(request, shapes.MePatch))
        return Response(shapes.MeOut(user).data)
