"""Bodies, read no further than the rules allow."""

from __future__ import annotations

import zlib

import httpx

from lab_caching.outbound.errors import TooLarge, Unreadable


def bounded(response: httpx.Response, limit: int) -> bytes:
    """Return the body, unpacked. Raises ``TooLarge`` as soon as it, sent or unpacked, exceeds ``limit`` bytes."""
    host = "the answer"
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip"):
        raise Unreadable(f"{host} is coded as {coding[:40]}, which nobody asked for")
    declared = response.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"{host} has {declared} bytes, {limit} are allowed")
    unpack = zlib.decompressobj(wbits=31) if coding == "gzip" else None
    received, body = 0, bytearray()
    for chunk in response.iter_raw():
        received += len(chunk)
        try:
            body += unpack.decompress(chunk, limit - len(body) + 1) if unpack else chunk
        except zlib.error:
            raise Unreadable(f"{host} is not the gzip it says it is") from None
        if received > limit or len(body) > limit:
            raise TooLarge(f"{host} has more than {limit} bytes")
    if unpack and received and (not unpack.eof or unpack.unused_data):
        raise Unreadable(f"{host} ends in the middle, or goes on after its end")
    return bytes(body)
