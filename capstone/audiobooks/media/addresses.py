"""
Signed addresses of audio: one file, or one stream with all that lies under it, for one user, until one instant.

The address carries who it was made for and when it ends; the signature (HMAC-SHA-256, RFC 2104) covers both
and the path, so that none of the three can be exchanged. Whoever holds the address can use it until it ends:
it is made for minutes, and the media process still asks whether the user is active and the recording not
withdrawn.
"""

import hmac
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.conf import settings

from audiobooks.errors import NotAllowed

PARAMETERS = ("user", "expires", "signature")
ASK_AGAIN = "Ask for a new address, where you got this one."


@dataclass(frozen=True, slots=True)
class SignedAddress:
    """An address that opens until ``expires_at`` (aware UTC, whole seconds)."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a genuine address says: whom it was made for and how long it still opens."""

    user_id: UUID
    seconds_left: int


def audio_path(source_file_id: UUID) -> str:
    """Return the path of one of a recording's files."""
    return f"media/audio/{source_file_id}.m4a"


def rendition_path(rendition_id: UUID) -> str:
    """Return the path of a rendition."""
    return f"media/renditions/{rendition_id}.m4b"


def stream_path(rendition_id: UUID) -> str:
    """Return the path of a stream, without who it is for and until when."""
    return f"hls/{rendition_id}"


def stream_address(rendition_id: UUID, name: str, *, user_id: UUID, now: datetime) -> SignedAddress:
    """
    Return an address of a file of a stream, signed as ``signed_address`` does.

    Its signature is a part of the path, not the query, and covers what is before it: so it opens whatever a playlist
    names, and a playlist names only what lies beside it.
    """
    path = stream_path(rendition_id)
    signed = _signed(path, user_id, now)
    url = "/".join([settings.MEDIA_BASE_URL.rstrip("/"), path, *signed.values(), name])
    return SignedAddress(url, datetime.fromtimestamp(int(signed["expires"]), UTC))


def audio_address(source_file_id: UUID, *, user_id: UUID, now: datetime) -> SignedAddress:
    """Return an address of one of a recording's files, as ``signed_address`` does."""
    return signed_address(audio_path(source_file_id), user_id=user_id, now=now)


def signed_address(path: str, *, user_id: UUID, now: datetime) -> SignedAddress:
    """Return an address of a path for one user, until MEDIA_ADDRESS_LIFETIME after ``now`` (aware UTC)."""
    signed = _signed(path, user_id, now)
    return SignedAddress(
        url=f"{settings.MEDIA_BASE_URL.rstrip('/')}/{path}?{urlencode(signed)}",
        expires_at=datetime.fromtimestamp(int(signed["expires"]), UTC),
    )


def verify(path: str, query: str, *, now: datetime) -> Bearer:
    """
    Return whom the address of a path was made for; ``query`` is its query string as received.

    Raises ``NotAllowed``: ``signature_invalid`` for anything but the three parameters as they were signed,
    ``address_expired`` for what was genuine until its time ran out.
    """
    return verify_parts(path, _parameters(query), now=now)


def verify_parts(path: str, given: Mapping[str, str], *, now: datetime) -> Bearer:
    """Return whom the address of a path was made for, by the three of ``PARAMETERS``. Raises as ``verify`` does."""
    expected = _signature(path, given["user"], given["expires"])
    if not hmac.compare_digest(expected.encode(), given["signature"].encode()):
        raise _invalid("the signature does not belong to this file, user and time")
    # From here on the text is our own: it needs no further checks.
    seconds_left = int(given["expires"]) - int(now.timestamp())
    if seconds_left <= 0:
        raise NotAllowed("address_expired", f"This address ended {-seconds_left} seconds ago. {ASK_AGAIN}")
    return Bearer(user_id=UUID(given["user"]), seconds_left=seconds_left)


def _parameters(query: str) -> dict[str, str]:
    """Return exactly the three parameters, each once."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=len(PARAMETERS))
    except ValueError as error:
        raise _invalid(f"it has more than the parameters {', '.join(PARAMETERS)}") from error
    times = Counter(name for name, _ in pairs)
    for name in PARAMETERS:
        if times[name] != 1:
            raise _invalid(f"the parameter {name!r} occurs {times[name]} times instead of once")
    return dict(pairs)


def _signed(path: str, user_id: UUID, now: datetime) -> dict[str, str]:
    user, expires = str(user_id), str(int((now + settings.MEDIA_ADDRESS_LIFETIME).timestamp()))
    return {"user": user, "expires": expires, "signature": _signature(path, user, expires)}


def _signature(path: str, user: str, expires: str) -> str:
    # A key of this one purpose: what else is signed with SECRET_KEY is no address, and no address is that.
    key = sha256(b"nexus.media-address:" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.digest(key, f"{path}\n{user}\n{expires}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _invalid(why: str) -> NotAllowed:
    return NotAllowed("signature_invalid", f"This address was altered: {why}. {ASK_AGAIN}")
