"""Who asks the graph: the same tokens as REST, the same count of requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from graphql import GraphQLResolveInfo
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled

from audiobooks.accounts.authentication import BearerTokenAuthentication
from audiobooks.accounts.limits import EVERYTHING, attempt
from audiobooks.accounts.throttles import by_caller, fields
from audiobooks.principal import ANONYMOUS, Principal
from lab_graphql.graph import Context

BEARER = BearerTokenAuthentication()


@dataclass(slots=True)
class CallerContext(Context):
    """What resolvers find in ``info.context``."""

    principal: Principal = ANONYMOUS


def principal_of(info: GraphQLResolveInfo) -> Principal:
    """Return who asks, as the domain wants to know it."""
    context: CallerContext = info.context
    return context.principal


def user_id_of(info: GraphQLResolveInfo) -> UUID:
    """Return the id of the user who asks. Raises ``NotAuthenticated``."""
    user_id = principal_of(info).user_id
    if user_id is None:
        raise NotAuthenticated
    return user_id


# --8<-- [start:caller]
def caller_of(request: HttpRequest) -> Principal:
    """Return who sent a request, by its token: no query. Raises ``AuthenticationFailed``, with the field of a 401."""
    try:
        found = BEARER.authenticate(request)  # type: ignore[arg-type]  # it reads a header, which Django's has too
    except AuthenticationFailed as error:
        error.auth_header = BEARER.authenticate_header(request)  # type: ignore[attr-defined, arg-type]
        raise
    return found[0] if found else ANONYMOUS


def count(request: HttpRequest) -> Mapping[str, str]:
    """
    Count a request among all of its caller's, REST's too; return the fields that tell them what is left.

    Leaves in ``request.user`` who asks, and in ``request.refusal`` why they are not answered, for ``context_for``.
    """
    refusal: Exception | None = None
    principal = ANONYMOUS
    try:
        principal = caller_of(request)
    except AuthenticationFailed as error:
        refusal = error
    request.user = principal  # type: ignore[assignment]  # as REST framework's requests have it
    verdict = attempt(by_caller([EVERYTHING], request))
    if not verdict.passes:
        refusal = Throttled(verdict.wait_s)
    request.refusal = refusal  # type: ignore[attr-defined]
    return fields(verdict)


def context_for(request: HttpRequest) -> CallerContext:
    """Return the context of a request that was counted. Raises ``AuthenticationFailed``, ``Throttled``."""
    refusal: Exception | None = request.refusal  # type: ignore[attr-defined]
    if refusal is not None:
        raise refusal
    return CallerContext(request, principal=request.user)  # type: ignore[arg-type]


# --8<-- [end:caller]
