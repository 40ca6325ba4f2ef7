import contextlib
import socket
import subprocess

import httpx
import pytest
from cast import make_audiobook
from django.utils import timezone
from media.tones import padded_m4a

from audiobooks.media import services
from audiobooks.media.addresses import audio_address
from audiobooks.media.models import SourceFile

LISTENERS = 20
FILE_BYTES = 32 * 1024 * 1024


@pytest.fixture
def long_file(media) -> SourceFile:
    return services.source_file_store(
        audiobook_id=make_audiobook().id, position=1, start_ms=0, content=padded_m4a(FILE_BYTES)
    )


def paused_download(url: str) -> socket.socket:
    """Ask for a file, take the beginning of the answer, and read no further."""
    parts = httpx.URL(url)
    listener = socket.socket()
    listener.settimeout(30)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.connect((parts.host, parts.port))
    listener.sendall(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % parts.raw_path)
    assert listener.recv(12) == b"HTTP/1.1 200"
    return listener


def memory_bytes(group_id: int) -> int:
    """Return what all processes of a group hold in memory together."""
    lines = subprocess.check_output(["ps", "-A", "-o", "pgid=,rss="], text=True).splitlines()
    return sum(int(rss) * 1024 for pgid, rss in map(str.split, lines) if int(pgid) == group_id)


def test_twenty_paused_downloads_leave_the_media_process_answering(media, bo, long_file):
    url = audio_address(long_file.id, user_id=bo.id, now=timezone.now()).url
    before_bytes = memory_bytes(media.pid)

    for _ in range(3):  # more downloads in all than there are threads: who leaves gives the thread back
        with contextlib.ExitStack() as listeners:
            for _ in range(LISTENERS):
                listeners.enter_context(paused_download(url))
            assert media.is_alive()
            assert httpx.get(url, headers={"Range": "bytes=0-9"}).status_code == 206
            grown_bytes = memory_bytes(media.pid) - before_bytes

    # 20 whole files would be 640 MiB: what is not read by the listener is not read from the disk.
    assert grown_bytes < 4 * FILE_BYTES


def test_a_download_that_was_interrupted_goes_on_where_it_stopped(bo, long_file):
    url = audio_address(long_file.id, user_id=bo.id, now=timezone.now()).url
    with httpx.stream("GET", url) as answer:
        first = next(answer.iter_bytes(1_000_000))

    rest = httpx.get(url, headers={"Range": f"bytes={len(first)}-", "If-Range": answer.headers["ETag"]})

    assert first + rest.content == padded_m4a(FILE_BYTES)
