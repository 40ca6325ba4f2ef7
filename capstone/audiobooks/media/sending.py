"""A stored file as an HTTP answer: whole or one range of it, streamed in chunks, or handed over to nginx."""

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.request import Request

from audiobooks.media.ranges import ByteRange, RangeRefused, requested_range
from audiobooks.media.storage import CHUNK_BYTES, path_of
from lab_rest.problems import Problem

log = logging.getLogger(__name__)


class FileSlice(Iterator[bytes]):
    """The bytes of an open file from ``wanted.start`` to ``wanted.end``, one chunk in memory at a time."""

    def __init__(self, file: BinaryIO, wanted: ByteRange) -> None:
        self.file = file
        self.bytes_left = wanted.end - wanted.start
        file.seek(wanted.start)

    def __next__(self) -> bytes:
        chunk = self.file.read(min(CHUNK_BYTES, self.bytes_left))
        if not chunk:
            raise StopIteration
        self.bytes_left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file; the server calls this too when the client has gone away."""
        self.file.close()


def stored_file_answer(
    request: Request, name: str, *, headers: Mapping[str, str], size_bytes: int | None = None
) -> HttpResponseBase:
    """
    Answer GET or HEAD with a file of the storage: 200, 206, 304, 412 or 416 (RFC 9110, 13.2.2 and 14).

    ``name`` comes from ``storage``; ``headers`` holds a strong ETag. A file that is not there, or is not
    ``size_bytes`` long, is a 503: the address is right, and opens again when the file is restored.
    """
    path = path_of(name)
    found = _found(path, size_bytes)
    headers = {**headers, "Last-Modified": http_date(found.st_mtime)}  # as nginx says it
    conditional = get_conditional_response(request, etag=headers["ETag"], last_modified=int(found.st_mtime))
    if conditional is not None:
        return _conditional_answer(conditional, headers)
    wanted = _wanted(request, headers, found.st_size)
    if settings.MEDIA_ACCEL_PREFIX:  # nginx reads the Range header itself, and says Accept-Ranges
        return HttpResponse(headers={**headers, "X-Accel-Redirect": settings.MEDIA_ACCEL_PREFIX + name})
    headers["Accept-Ranges"] = "bytes"
    status = 200 if wanted is None else 206
    if wanted is not None:
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.end - 1}/{found.st_size}"
    sent = wanted or ByteRange(0, found.st_size)
    headers["Content-Length"] = str(sent.end - sent.start)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(FileSlice(_opened(path), sent), status=status, headers=headers)


def _conditional_answer(answer: HttpResponseBase, headers: Mapping[str, str]) -> HttpResponseBase:
    if answer.status_code == 412:
        detail = (
            f"The file is not the one you mean: its ETag is {headers['ETag']}. Ask without the condition."
        )
        raise Problem(status=412, type="precondition-failed", detail=detail)
    for field in ("ETag", "Last-Modified", "Cache-Control"):  # section 15.4.5
        answer.headers[field] = headers[field]
    return answer


def _wanted(request: Request, headers: Mapping[str, str], size_bytes: int) -> ByteRange | None:
    """Return the range to answer; None means the whole file."""
    if request.method != "GET":  # section 14.2: Range means nothing with any other method
        return None
    unless_changed = request.headers.get("If-Range")
    if unless_changed not in (None, headers["ETag"], headers["Last-Modified"]):
        return None  # section 13.1.5: the client's part is of something else; it gets the whole
    try:
        return requested_range(request.headers.get("Range"), size_bytes)
    except RangeRefused as refused:
        raise Problem(
            status=416,
            type="range-not-satisfiable",
            title="Range not satisfiable",
            detail=str(refused),
            headers={"Content-Range": f"bytes */{size_bytes}", "Accept-Ranges": "bytes"},
        ) from refused


def _found(path: Path, expected_bytes: int | None) -> os.stat_result:
    try:
        found = path.stat()
    except OSError as error:
        raise _missing(path, str(error)) from error
    if found.st_size == 0 or expected_bytes not in (None, found.st_size):
        raise _missing(path, f"it has {found.st_size} bytes instead of {expected_bytes}")
    return found


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise _missing(path, str(error)) from error


def _missing(path: Path, why: str) -> Problem:
    log.error("Stored file %s cannot be sent, store it again from a copy: %s", path.name, why)
    detail = "The file is not in the storage just now. We have been told; try again later."
    return Problem(status=503, type="file-missing", title="File missing", detail=detail)
