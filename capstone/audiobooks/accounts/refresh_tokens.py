"""
Refresh tokens: opaque random text, of which only SHA-256 digests are stored.

A token has two secrets: one names the session and stays, the other is exchanged at every use. So a token with the
right first half and a wrong second half was used before (or made up by somebody who held one): reuse is recognised
without a history of tokens. A digest needs no slow hash here: nobody guesses 256 random bits.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe

PREFIX = "nexus_refresh"  # scanners that look for leaked secrets can find it


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Two secrets; ``repr`` shows neither."""

    family: str = field(default_factory=lambda: token_urlsafe(32), repr=False)
    secret: str = field(default_factory=lambda: token_urlsafe(32), repr=False)

    @property
    def text(self) -> str:
        """What the client keeps."""
        return f"{PREFIX}.{self.family}.{self.secret}"

    @property
    def family_digest(self) -> str:
        """What finds the session."""
        return sha256(self.family.encode()).hexdigest()

    @property
    def secret_digest(self) -> str:
        """What the session's current token is recognised by."""
        return sha256(self.secret.encode()).hexdigest()

    def next(self) -> "RefreshToken":
        """Return the token that takes this one's place."""
        return RefreshToken(family=self.family)


def refresh_token_from(text: str) -> RefreshToken | None:
    """Return the token a client sent, or None for what has another form."""
    prefix, _, secrets = text.partition(".")
    family, _, secret = secrets.partition(".")
    return RefreshToken(family, secret) if prefix == PREFIX and family and secret else None
