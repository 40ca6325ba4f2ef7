"""The listeners of a bench, and their access tokens."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

LISTENERS = 20
MOST = "SELECT user_id FROM playback_listeningposition GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s"


def tokens_of(users: Sequence[UUID]) -> list[str]:
    """Return an access token for each listener, of the programs' own key."""
    import django  # noqa: PLC0415 -- with the settings of the environment; no table is read

    django.setup()
    from audiobooks.accounts.tokens import access_token_for  # noqa: PLC0415
    from audiobooks.principal import Principal, Role  # noqa: PLC0415

    return [access_token_for(Principal(user, Role.LISTENER), now=datetime.now(UTC)).text for user in users]
