"""Becoming a user, and changing what one signs in with. Each view reads a body and makes one call."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts import selectors, services
from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.accounts.limits import MAIL, MAIL_ADDRESS, PASSWORDS, TOKEN
from audiobooks.accounts.rest import shapes
from audiobooks.accounts.rest.access import OpenView, SignedInView, body_of, device_of
from audiobooks.accounts.rest.operations import (
    GONE,
    LETTER,
    ME,
    PASSWORD,
    SENT,
    TOKEN_REFUSED,
    TOKENS,
    UNCOUNTED,
    operation,
)


class Register(OpenView):
    """POST auth/register/ → 202 · 400 · 409 username_taken · 429 · 503."""

    limits = (MAIL, MAIL_ADDRESS)

    @operation(
        "register",
        "Register",
        sent=(shapes.RegistrationIn, {"username": "bo", "email": "bo@example.org", "password": PASSWORD}),
        answered=(202, None, SENT, None),
        problems={"409": "`username-taken`: choose another."} | LETTER,
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

    limits = (TOKEN,)

    @operation(
        "verify_email",
        "Confirm an e-mail address",
        sent=(shapes.MailedTokenIn, {"token": "WyJyZWdpc3RlciIs…"}),
        answered=(200, shapes.MeOut, "The account, with the address confirmed.", ME),
        problems={"409": "`username-taken` or `email-taken`: somebody was faster."} | TOKEN_REFUSED,
    )
    def post(self, request: Request) -> Response:
        """Make the account a registration asked for, or give an account its new address. Log in afterwards."""
        user = services.email_verify(**body_of(request, shapes.MailedTokenIn), now=timezone.now())
        return Response(shapes.MeOut(user).data)


class PasswordReset(OpenView):
    """POST auth/password/reset/ → 202 · 400 · 429 · 503."""

    limits = (MAIL, MAIL_ADDRESS)

    @operation(
        "password_reset",
        "Ask for a password reset",
        sent=(shapes.PasswordResetIn, {"email": "bo@example.org"}),
        answered=(202, None, SENT, None),
        problems=LETTER,
    )
    def post(self, request: Request) -> Response:
        """Send a letter to the address: with a token for auth/password/reset/confirm/, good for an hour."""
        services.password_reset_request(**body_of(request, shapes.PasswordResetIn))
        return Response(status=202)


class PasswordResetConfirm(OpenView):
    """POST auth/password/reset/confirm/ → 204 · 400 · 429."""

    limits = (TOKEN,)

    @operation(
        "password_reset_confirm",
        "Set a password with a mailed token",
        sent=(shapes.PasswordResetConfirmIn, {"token": "WyJyZXNldC1wYXNz…", "password": PASSWORD}),
        answered=(204, None, "The password is set, and every session is over.", None),
        problems=TOKEN_REFUSED,
    )
    def post(self, request: Request) -> Response:
        """Set another password. Every session ends, and every token mailed before is void. Log in afterwards."""
        services.password_reset(**body_of(request, shapes.PasswordResetConfirmIn), now=timezone.now())
        return Response(status=204)


class PasswordChange(SignedInView):
    """POST auth/password/ → 200 tokens · 400 · 401 · 404 account_gone · 429."""

    limits = (PASSWORDS,)

    @operation(
        "password_change",
        "Change your password",
        sent=(
            shapes.PasswordChangeIn,
            {"current_password": PASSWORD, "password": "a longer walk by the lake"},
        ),
        answered=(200, shapes.TokensOut, "The tokens of a new session, the only one there is now.", TOKENS),
        problems=GONE | UNCOUNTED,
    )
    def post(self, request: Request) -> Response:
        """Set another password. Every session ends, on this device too, which goes on with the tokens answered."""
        change = body_of(request, shapes.PasswordChangeIn)
        tokens = services.password_change(
            user_id=user_id_of(request), **change, device=device_of(request), now=timezone.now()
        )
        return Response(shapes.TokensOut(tokens).data)


class EmailChange(SignedInView):
    """POST auth/email/ → 202 · 400 · 401 · 404 account_gone · 429 · 503."""

    limits = (PASSWORDS, MAIL_ADDRESS)

    @operation(
        "email_change",
        "Change your e-mail address",
        sent=(shapes.EmailChangeIn, {"email": "bo@example.net", "password": PASSWORD}),
        answered=(202, None, SENT, None),
        problems=GONE | LETTER,
    )
    def post(self, request: Request) -> Response:
        """Send a letter to the new address; auth/verify/ with its token makes the change, within 24 hours."""
        change = body_of(request, shapes.EmailChangeIn)
        services.email_change_request(user_id=user_id_of(request), **change)
        return Response(status=202)


class Me(SignedInView):
    """GET me/ → 200 the caller · 401 · 404 account_gone · PATCH → 200 · 400 · 401 · 404 · 409 username_taken."""

    @operation(
        "me",
        "Who am I?",
        answered=(200, shapes.MeOut, "The account behind the access token.", ME),
        problems=GONE,
    )
    def get(self, request: Request) -> Response:
        """Return the account behind the access token."""
        return Response(shapes.MeOut(selectors.user_behind(principal_of(request))).data)

    @operation(
        "me_change",
        "Change your username",
        sent=(shapes.MePatch, {"username": "bo.reads"}),
        answered=(200, shapes.MeOut, "The account, changed.", ME | {"username": "bo.reads"}),
        problems=GONE | {"409": "`username-taken`: choose another."},
    )
    def patch(self, request: Request) -> Response:
        """Take another username. E-mail and password have addresses of their own; the role is the staff's to give."""
        user = services.user_rename(user_id=user_id_of(request), **body_of(request, shapes.MePatch))
        return Response(shapes.MeOut(user).data)
