"""How a request proves who it comes from: `Authorization: Bearer <access token>` (RFC 6750)."""

from typing import Any
from uuid import UUID

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from audiobooks.accounts.permissions import ReadForAllWriteForCurators, ReadForAllWriteForMembers
from audiobooks.accounts.tokens import Access, TokenRefused, access_from
from audiobooks.principal import ANONYMOUS, Principal


def principal_of(request: Request) -> Principal:
    """Return who asks, as the domain wants to know it."""
    user: object = request.user
    if not isinstance(user, Principal):
        message = f"{type(user).__name__} is not a Principal: this view has another authentication class"
        raise TypeError(message)
    return user


def user_id_of(request: Request) -> UUID:
    """Return the id of the user who asks. Raises ``NotAuthenticated``."""
    user_id = principal_of(request).user_id
    if user_id is None:
        raise NotAuthenticated
    return user_id


def session_id_of(request: Request) -> UUID | None:
    """Return the session in which the caller's access token was issued."""
    return request.auth.session_id if isinstance(request.auth, Access) else None


def anonymous() -> Principal:
    """Return the caller of a request without a token."""
    return ANONYMOUS


class BearerTokenAuthentication(BaseAuthentication):
    """Sets ``request.user`` to a :class:`Principal`, from the token alone: no query."""

    def authenticate(self, request: Request) -> tuple[Principal, Access] | None:
        """Return who the token speaks for, or None where none was sent."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not text.strip():
            message = "Send the access token as `Authorization: Bearer <token>`."
            raise AuthenticationFailed(message)
        try:
            access = access_from(text.strip())
        except TokenRefused as error:
            raise AuthenticationFailed(str(error)) from error
        return access.principal, access

    def authenticate_header(self, request: Request) -> str:
        """Return the WWW-Authenticate field of a 401."""
        return 'Bearer realm="nexus"'


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells OpenAPI of it."""

    target_class = BearerTokenAuthentication
    name = "bearerToken"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Return the security requirements of an operation: ``{}``, no token, is one where reading is for all."""
        for_all = auto_schema.method in SAFE_METHODS and any(
            isinstance(permission, (ReadForAllWriteForCurators, ReadForAllWriteForMembers))
            for permission in auto_schema.view.get_permissions()
        )
        return [{self.name: []}, {}] if for_all else [{self.name: []}]

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the security scheme object."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
