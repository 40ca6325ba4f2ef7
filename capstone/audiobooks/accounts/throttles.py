"""
How often somebody may try, per caller and per account. Interim: the security lab's atomic limiter replaces it.

The limit per account slows down guessing from many addresses. It makes its owner wait too while somebody guesses;
sessions that are open go on.
"""

from hashlib import sha256

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from audiobooks.principal import Principal

AnyRequest = Request | HttpRequest
RATES: dict[str, str | None] = {
    "log-in": "20/min",
    "log-in-name": "60/hour",
    "mail": "20/hour",
    "mail-address": "5/hour",
    "password": "10/hour",
    "token": "60/min",
}


def counter(scope: str | None, ident: str) -> str:
    """Return a cache key: a digest, for anything can be written into a body or a header."""
    return f"throttle:{scope}:{sha256(ident.encode('utf-8', 'replace')).hexdigest()}"


class PerCaller(ScopedRateThrottle):
    """The view's ``throttle_scope``, counted per user where one is signed in, else per client address."""

    THROTTLE_RATES = RATES

    def get_cache_key(self, request: AnyRequest, view: APIView) -> str:
        """Return under which name to count."""
        user: object = request.user
        ident = (user.user_id if isinstance(user, Principal) else None) or self.get_ident(request)  # type: ignore[arg-type]
        return counter(self.scope, str(ident))


class PerAccount(SimpleRateThrottle):
    """The name or address in the body, whoever sends it, and whether or not there is such an account."""

    THROTTLE_RATES = RATES
    field: str

    def get_cache_key(self, request: AnyRequest, view: APIView) -> str | None:
        """Return under which name to count, or None where there is none."""
        body = request.data if isinstance(request, Request) else request.POST
        name = body.get(self.field) if isinstance(body, dict) else None
        if not isinstance(name, str):
            return None
        return counter(self.scope, name.strip().casefold())


class PerLogInName(PerAccount):
    """Tries to log in as one user."""

    scope, field = "log-in-name", "username"


class PerMailAddress(PerAccount):
    """Letters to one address."""

    scope, field = "mail-address", "email"
