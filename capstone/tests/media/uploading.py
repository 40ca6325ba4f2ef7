"""Uploads for the tests: some bytes, announced, and the requests that send them."""

import hashlib
import socket
from collections.abc import Iterator
from typing import Any

import httpx
from cast import sign_in
from django.utils import timezone

from audiobooks.accounts.models import User
from audiobooks.accounts.tokens import access_token_for
from audiobooks.media import services
from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Upload

OFFSET_STREAM = "application/offset+octet-stream"


def announced(content: bytes, **but: Any) -> dict[str, Any]:
    return {
        "file_name": "emma.m4b",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    } | but


def begin(curator: User, content: bytes, **but: Any) -> Upload:
    return services.upload_begin(
        curator_id=curator.pk, **({"now": timezone.now()} | announced(content, **but))
    )


def append(upload: Upload, content: bytes, *, offset: int = 0, clock=timezone.now) -> Upload:
    """Append without HTTP, as fast as it is asked for."""
    return services.upload_append(
        upload_id=upload.pk,
        curator_id=upload.curator_id,
        offset=offset,
        length=len(content),
        read=reader_of(content),
        clock=clock,
    )


def reader_of(content: bytes):
    left = memoryview(content)

    def read(size: int) -> bytes:
        nonlocal left
        chunk, left = bytes(left[:size]), left[size:]
        return chunk

    return read


def bearer(user: User) -> str:
    return f"Bearer {access_token_for(user.principal, now=timezone.now()).text}"


def patch(url: str, user: User, content: bytes | Iterator[bytes], offset: object = 0, **headers: str):
    sent = {"Authorization": bearer(user), "Upload-Offset": str(offset), "Content-Type": OFFSET_STREAM}
    return httpx.patch(url, content=content, headers=sent | headers, timeout=60)


def offset_at(url: str, user: User) -> int:
    return int(httpx.head(url, headers={"Authorization": bearer(user)}).headers["Upload-Offset"])


def paused_sender(url: str, user: User, length: int, content: bytes, *, offset: int = 0) -> socket.socket:
    """Announce ``length`` bytes, send ``content`` and no more."""
    parts = httpx.URL(url)
    sender = socket.create_connection((parts.host, parts.port), timeout=30)
    head = [
        f"PATCH {parts.path} HTTP/1.1",
        f"Host: {parts.host}",
        f"Authorization: {bearer(user)}",
        f"Upload-Offset: {offset}",
        f"Content-Type: {OFFSET_STREAM}",
        f"Content-Length: {length}",
    ]
    sender.sendall("\r\n".join([*head, "", ""]).encode() + content)
    return sender


def address_of(upload: Upload, user: User) -> str:
    """Return where its bytes are sent to, as the API says it."""
    return sign_in(user).get(f"/api/v1/uploads/{upload.pk}/").json()["send_to"]


def bytes_of(upload: Upload) -> bytes:
    return incoming_path(upload.pk).read_bytes()
