"""Access tokens: JWTs (RFC 7519) that say who calls and in which role, so that no request looks the caller up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import jwt
from django.conf import settings
from django.contrib.auth.hashers import check_password

LIFETIME = timedelta(minutes=15)
ALGORITHM = "HS256"
AUDIENCE = "rest-playground"
CLAIMS = ["sub", "role", "aud", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as the token says. ``pk`` and ``is_authenticated`` are what Django's users have too."""

    pk: str
    role: str
    is_authenticated: bool = True


# Name → (role, hash of the password): ada's is "rain-gauge-7", bo's is "wind-vane-3".
PEOPLE = {
    "ada": (
        "observer",
        "scrypt$16384$zXI1ZTxDFvg1W3qWTU2Mrd$8$5$jsWg71qSoB+8cA+kVcDpPThF7XEwvlk+3tk66wOvJBy+1FbKFqwZUrDpXS0dXilKEsyWOhEffxd5/HIjHXSwIQ==",
    ),
    "bo": (
        "visitor",
        "scrypt$16384$rBItbBFA2tZiUijJTMxVtd$8$5$o6BC9Nb3u50q2PFVpoV/apjbHBeooiFpxr4E6lP9NIfOoXnTOHd9b/XZRiPDClJfp897HjBwpa9n/dHTNJxUDA==",
    ),
}
NOBODY = ("", "!")  # no password fits, and finding that out takes as long as for a wrong one


class TokenRefused(Exception):
    """The token, or the password, proves nothing; the message says why."""


# --8<-- [start:tokens]
def token_for(name: str, password: str, *, now: datetime) -> str:
    """Return a token that holds for ``LIFETIME`` from ``now`` (aware UTC). Raises ``TokenRefused``."""
    role, encoded = PEOPLE.get(name, NOBODY)
    if not check_password(password, encoded):
        raise TokenRefused("No such name and password.")
    claims = {"sub": name, "role": role, "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME}
    return jwt.encode(claims, signing_key(), algorithm=ALGORITHM)


def caller_from(token: str) -> Caller:
    """
    Return whom a token speaks for. Raises ``TokenRefused``.

    The algorithm is ours to name: one that the token's own header chose could be "none" (RFC 8725, section 2.1).
    """
    try:
        claims = jwt.decode(
            token, signing_key(), algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": CLAIMS}
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("The token has expired. Ask for another at /step4/tokens/.") from error
    except jwt.InvalidTokenError as error:
        raise TokenRefused("This is not a token of ours. Ask for one at /step4/tokens/.") from error
    return Caller(pk=claims["sub"], role=claims["role"])


# --8<-- [end:tokens]
def signing_key() -> bytes:
    """Return the key for tokens and nothing else: 32 bytes, as HS256 asks for (RFC 7518, section 3.2)."""
    return sha256(b"access-token:" + settings.SECRET_KEY.encode()).digest()
