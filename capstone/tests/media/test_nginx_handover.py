"""With MEDIA_ACCEL_PREFIX set, nginx sends the file: the answer names it and has no body."""

import io

import pytest
from cast import make_audiobook
from django.test import Client
from django.utils import timezone
from media.audio import make_streamed
from media.tones import tones_m4a
from PIL import Image

from audiobooks.media import services
from audiobooks.media.addresses import audio_address, stream_address
from audiobooks.media.packaging import MEDIA_TYPES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_media")]


@pytest.fixture
def url(settings, bo) -> str:
    settings.MEDIA_ACCEL_PREFIX = "/stored/"
    settings.MEDIA_BASE_URL = "/"
    settings.SECURE_SSL_REDIRECT = False
    file = services.source_file_store(
        audiobook_id=make_audiobook().id, position=1, start_ms=0, content=tones_m4a(440)
    )
    return audio_address(file.id, user_id=bo.id, now=timezone.now()).url


def test_nginx_is_told_which_file_and_gets_no_byte_of_it(client, url, settings):
    answer = client.get(url, headers={"Range": "bytes=0-9"})

    sha256 = answer.headers["ETag"].strip('"')
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Accept-Ranges" not in answer.headers  # nginx says it
    assert answer.headers["X-Accel-Redirect"] == f"/stored/audio/{sha256[:2]}/{sha256}.m4a"
    assert (settings.STORAGE_DIR / "audio" / sha256[:2] / f"{sha256}.m4a").is_file()
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert answer.headers["Cache-Control"].startswith("private, max-age=")


def test_covers_are_handed_over_too(client, settings):
    settings.MEDIA_ACCEL_PREFIX = "/stored/"
    settings.SECURE_SSL_REDIRECT = False
    output = io.BytesIO()
    Image.new("RGB", (300, 300), "green").save(output, "PNG")
    cover = services.cover_store(
        audiobook_id=make_audiobook().id, image=output.getvalue(), description="A green square"
    )

    answer = client.get(f"/media/covers/{cover.sha256}/480.webp")

    sha256 = cover.sha256
    assert answer.headers["X-Accel-Redirect"] == f"/stored/covers/{sha256[:2]}/{sha256}/480.webp"


def test_streams_are_handed_over_too(client, bo, settings):
    settings.MEDIA_ACCEL_PREFIX = "/stored/"
    settings.MEDIA_BASE_URL = "/"
    settings.SECURE_SSL_REDIRECT = False
    stream = make_streamed(440).renditions.get(kind="hls")
    index = stream_address(stream.pk, "index.m3u8", user_id=bo.pk, now=timezone.now()).url

    for name, media_type in MEDIA_TYPES.items():
        answer = client.get(index.replace("index.m3u8", name), headers={"Range": "bytes=0-9"})
        stored = f"streams/{stream.sha256[:2]}/{stream.sha256}/{name}"
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["X-Accel-Redirect"] == f"/stored/{stored}"
        assert (settings.STORAGE_DIR / stored).stat().st_mode & 0o777 == 0o644
        assert (settings.STORAGE_DIR / stored).parent.stat().st_mode & 0o777 == 0o755
        assert answer.headers["Content-Type"] == media_type
    refused = client.get(index.replace(str(bo.pk), str(stream.pk)))
    assert (refused.status_code, "X-Accel-Redirect" in refused.headers) == (403, False)


def test_nothing_is_handed_over_before_it_was_allowed(client, url):
    refused = client.get(url + "A")
    unanswerable = client.get(url, headers={"Range": "bytes=9-1"})

    assert (refused.status_code, unanswerable.status_code) == (403, 416)
    assert "X-Accel-Redirect" not in refused.headers
    assert "X-Accel-Redirect" not in unanswerable.headers


def test_audio_costs_one_query(url, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert Client().get(url).status_code == 200
