"""Having one's account deleted, and changing one's mind."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts import selectors, services
from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.accounts.limits import PASSWORDS, TOKEN, Limit
from audiobooks.accounts.rest import shapes
from audiobooks.accounts.rest.access import OpenView, SignedInView, body_of
from audiobooks.accounts.rest.operations import GONE, PASSWORD, TOKEN_REFUSED, UNCOUNTED, operation

DUE = {"due_at": "2026-10-04T12:00:00Z"}


class Deletion(SignedInView):
    """GET me/deletion/ → 200 · 401 · 404. POST → 202 · 400 · 401 · 404 · 429. DELETE → 204 · 401 · 404."""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Passwords are counted, looks are not."""
        return (PASSWORDS,) if self.request.method == "POST" else ()

    @operation(
        "deletion",
        "Is your account to be deleted?",
        answered=(200, shapes.DeletionOut, "When, or null.", DUE),
        problems=GONE,
    )
    def get(self, request: Request) -> Response:
        """Return when the account is due to be deleted; null for most."""
        return Response(shapes.DeletionOut(selectors.user_behind(principal_of(request))).data)

    @operation(
        "deletion_request",
        "Have your account deleted",
        sent=(shapes.DeletionIn, {"password": PASSWORD}),
        answered=(202, shapes.DeletionOut, "It will be, unless you sign in before.", DUE),
        problems=GONE | UNCOUNTED,
    )
    def post(self, request: Request) -> Response:
        """
        End every session; 14 days later, delete the account and all that is yours. An e-mail tells the date.

        Sign in before that, or send the code of the e-mail to auth/deletion/cancel/, and the account stays. Asked twice,
        the first date holds.
        """
        password = body_of(request, shapes.DeletionIn)["password"]
        services.deletion_request(user_id=user_id_of(request), password=password, now=timezone.now())
        user = selectors.user_behind(principal_of(request))
        return Response(shapes.DeletionOut(user).data, status=202)

    @operation(
        "deletion_withdraw",
        "Keep your account",
        answered=(204, None, "It stays.", None),
        problems=GONE,
    )
    def delete(self, request: Request) -> Response:
        """Keep an account that was to be deleted. One that was not stays as it is."""
        services.deletion_cancel(user_id=user_id_of(request))
        return Response(status=204)


class DeletionCancel(OpenView):
    """POST auth/deletion/cancel/ → 204 · 400 · 429."""

    limits = (TOKEN,)

    @operation(
        "deletion_cancel",
        "Keep an account, with a mailed token",
        sent=(shapes.MailedTokenIn, {"token": "WyJrZWVwLWFjY291…"}),
        answered=(204, None, "The account stays.", None),
        problems=TOKEN_REFUSED,
    )
    def post(self, request: Request) -> Response:
        """Keep the account that the e-mail is about. Nobody is signed in by it."""
        services.deletion_cancel_by_token(**body_of(request, shapes.MailedTokenIn), now=timezone.now())
        return Response(status=204)
