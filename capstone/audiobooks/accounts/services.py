"""What accounts do."""

from datetime import datetime

from django.contrib.auth import authenticate

from audiobooks.accounts.models import User
from audiobooks.accounts.tokens import AccessToken, access_token_for
from audiobooks.errors import NotAllowed


class CredentialsRefused(NotAllowed):
    """No active user has this name and password; which of the two is wrong is not said."""

    def __init__(self) -> None:
        super().__init__("credentials_refused", "No active account has this name and password.")


def user_log_in(*, username: str, password: str, now: datetime) -> AccessToken:
    """
    Exchange credentials for an access token.

    ``username`` is a username or an e-mail, in any case; ``now`` is aware UTC. Raises ``CredentialsRefused``, after
    the same work whether the user exists or not.
    """
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise CredentialsRefused
    return access_token_for(user.principal, now=now)
