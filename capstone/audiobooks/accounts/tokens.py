"""
Access tokens: short-lived JWTs (RFC 7519) that carry who the caller is, so that no request looks the user up.

``typ`` and ``aud`` say what a token is for and are checked, so a token made for another purpose with the same key
opens nothing. The algorithm is fixed here; what the token's header claims is never believed (RFC 8725, 3.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha512
from uuid import UUID

import jwt
from django.conf import settings

from audiobooks.ids import new_id
from audiobooks.principal import Principal, Role

ALGORITHM = "HS256"
AUDIENCE = "nexus-api"
ISSUER = "nexus-accounts"
TYPE = "access"
CLAIMS = ["sub", "role", "typ", "aud", "iss", "iat", "exp", "jti"]


class TokenRefused(Exception):
    """The token proves nothing; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token and how long it lives."""

    text: str
    expires_in_s: int


@dataclass(frozen=True, slots=True)
class Access:
    """What a genuine access token says: for whom it speaks, and in which session it was issued."""

    principal: Principal
    session_id: UUID | None


def signing_key() -> bytes:
    """Return the key of this one purpose, derived from SECRET_KEY: a leak of it forges nothing else."""
    return sha512(b"nexus.access-token:" + settings.SECRET_KEY.encode()).digest()


def access_token_for(principal: Principal, *, now: datetime, session_id: UUID | None = None) -> AccessToken:
    """
    Return a token that says ``principal`` until ACCESS_TOKEN_LIFETIME after ``now`` (aware UTC).

    Nothing stored is asked when it is used, so it outlives its session (``sid``) by that much at most.
    """
    lifetime: timedelta = settings.ACCESS_TOKEN_LIFETIME
    claims = {
        "sub": str(principal.user_id),
        "role": principal.role,
        "typ": TYPE,
        "aud": AUDIENCE,
        "iss": ISSUER,
        "iat": now,
        "exp": now + lifetime,
        "jti": str(new_id()),
    }
    if session_id:
        claims["sid"] = str(session_id)
    return AccessToken(
        text=jwt.encode(claims, signing_key(), algorithm=ALGORITHM),
        expires_in_s=int(lifetime.total_seconds()),
    )


def access_from(text: str) -> Access:
    """Return what an access token says. Raises ``TokenRefused``."""
    try:
        # --8<-- [start:token-check]
        claims = jwt.decode(
            text,
            signing_key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": CLAIMS},
        )
        # --8<-- [end:token-check]
        if claims["typ"] != TYPE:
            message = "This is not an access token: send the one that auth/token/ answered."
            raise TokenRefused(message)
        principal = Principal(user_id=UUID(claims["sub"]), role=Role(claims["role"]))
        return Access(principal, UUID(claims["sid"]) if "sid" in claims else None)
    except jwt.ExpiredSignatureError as error:
        message = "The access token has expired: exchange the refresh token at auth/token/refresh/."
        raise TokenRefused(message) from error
    except (jwt.InvalidTokenError, ValueError) as error:
        message = "The access token is not one of ours: send the one that auth/token/ answered, unaltered."
        raise TokenRefused(message) from error
