"""Log-in by username or e-mail, in any case."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest


class EmailOrUsernameBackend(ModelBackend):
    """
    Django's backend, whose look-up (``UserManager.get_by_natural_key``) accepts either name.

    An unknown name costs one password hash too, so timing does not tell who has an account. A NUL byte, which
    PostgreSQL cannot store, names nobody.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return the active user with these credentials, or None."""
        username = username and username.replace("\x00", "\ufffd")
        return super().authenticate(request, username=username, password=password, **kwargs)
