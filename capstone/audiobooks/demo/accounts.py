"""
The four people of the demo. Their passwords follow from SECRET_KEY: nothing is stored, and no two installations that
keep their secret share one.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from audiobooks.accounts.models import User
from audiobooks.principal import Role

CAST = (("ada", Role.CURATOR), ("bo", Role.LISTENER), ("cy", Role.LISTENER), ("staff", Role.STAFF))
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that looks like another


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who can log in, and how."""

    username: str
    email: str
    password: str
    role: Role


def demo_accounts() -> list[DemoAccount]:
    """Return the demo's accounts. No query."""
    return [DemoAccount(name, f"{name}@example.org", password_of(name), role) for name, role in CAST]


def password_of(username: str) -> str:
    """Return a demo account's password: 15 characters, about 74 bits."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"nexus.demo-password:{username}".encode(), sha256)
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:15])
    return "-".join((letters[:5], letters[5:10], letters[10:]))


def demo_accounts_store() -> dict[str, User]:
    """Make the accounts, or give them back the password and role they are printed with. Returns them by name."""
    users = {}
    for account in demo_accounts():
        user = User.objects.filter(username=account.username).first() or User(username=account.username)
        user.email, user.role, user.is_active = account.email, account.role, True
        user.is_superuser = account.role == Role.STAFF
        if not user.check_password(account.password):
            user.set_password(account.password)
        user.save()
        users[account.username] = user
    return users
