"""The one table from what the domain raises to what HTTP and the graph answer."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from audiobooks.accounts.limits import LimitsUnavailable
from audiobooks.accounts.mail import MailNotSetUp
from audiobooks.accounts.services import CredentialsRefused, RefreshRefused, RefreshReused
from audiobooks.enrichment.services.lookups import NoBookApi
from audiobooks.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from audiobooks.media.incoming import Busy, StorageFull
from audiobooks.playback.feed import ChangesForgotten
from lab_graphql.errors import Errors
from lab_rest import problems

# --8<-- [start:answers]
# First match wins, so a kind of its own stands before its parent.
ANSWERS: tuple[tuple[type[DomainError], int, str], ...] = (
    (CredentialsRefused, 401, "Wrong credentials"),
    (RefreshRefused, 401, "Session over"),
    (RefreshReused, 401, "Session ended"),
    (MailNotSetUp, 503, "No e-mail here"),
    (Busy, 423, "Busy"),
    (StorageFull, 507, "Storage full"),
    (LimitsUnavailable, 503, "Limits unavailable"),
    (NoBookApi, 503, "No book API"),
    (ChangesForgotten, 410, "Changes forgotten"),
    (NotFound, 404, "Not found"),
    (NotAllowed, 403, "Not allowed"),
    (Conflict, 409, "Conflict"),
    (Invalid, 400, "Invalid input"),
)
# --8<-- [end:answers]


def problem_from(error: DomainError) -> problems.Problem:
    """Return the problem document a domain error becomes."""
    status, title = next((status, title) for kind, status, title in ANSWERS if isinstance(error, kind))
    headers = {"WWW-Authenticate": 'Bearer realm="nexus"'} if status == 401 else None
    return problems.Problem(
        status=status, type=error.code.replace("_", "-"), title=title, detail=error.detail, headers=headers
    )


# --8<-- [start:account-gone]
def told(error: Exception) -> Exception:
    """
    Return the problem that an error is to its caller; the error itself where nobody knows.

    An access token outlives an account that is deleted, by minutes. Whatever it writes then names a user who is not there,
    which PostgreSQL finds at the commit.
    """
    if isinstance(error, IntegrityError) and "fk_accounts_user_id" in str(error):
        error = NotFound("account_gone", "This account no longer exists.")
    return problem_from(error) if isinstance(error, DomainError) else error


# --8<-- [end:account-gone]


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer an error raised in a DRF view (the EXCEPTION_HANDLER setting)."""
    return problems.exception_handler(told(error), context)


# --8<-- [start:graph-errors]
def graph_errors() -> Errors:
    """Return what tells the graph's callers of errors: code, type, title and detail are those of the REST interface."""

    def problem_for(error: BaseException, request: HttpRequest) -> problems.Problem | None:
        return problems.problem_for(told(error) if isinstance(error, Exception) else error, request)

    return Errors(problem_for, settings.LAB_REST_PROBLEM_BASE)


# --8<-- [end:graph-errors]
