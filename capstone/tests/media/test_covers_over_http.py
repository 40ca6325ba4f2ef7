import io
from collections.abc import Iterator

import httpx
import pytest
from cast import make_audiobook
from media.audio import address, make_file
from media.processes import status_at
from PIL import Image

from audiobooks.catalog.covers import cover_addresses
from audiobooks.catalog.models import Cover
from audiobooks.media import services, storage


@pytest.fixture
def browser(media) -> Iterator[httpx.Client]:
    with httpx.Client(headers={"Accept": "image/avif,image/webp"}) as client:
        yield client


@pytest.fixture
def cover(media) -> Cover:
    output = io.BytesIO()
    Image.new("RGB", (300, 300), "green").save(output, "PNG")
    return services.cover_store(
        audiobook_id=make_audiobook().id, image=output.getvalue(), description="A green square"
    )


def test_the_addresses_that_the_catalogue_gives_open_and_never_change(browser, cover):
    for width, url in cover_addresses(cover.sha256).items():
        answer = browser.get(url)

        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.content)).size == (int(width), int(width))
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["ETag"] == f'"{cover.sha256}-{width}"'
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Vary" not in answer.headers


def test_covers_and_ranges_count_under_no_limit(browser, cover, bo):
    covers = [browser.get(url) for url in cover_addresses(cover.sha256).values()]
    sound = browser.head(address(make_file(), bo))

    assert {answer.status_code for answer in [*covers, sound]} == {200}
    assert not any("RateLimit" in answer.headers for answer in [*covers, sound])


def test_a_cover_that_the_browser_has_is_not_sent_again(browser, cover):
    url = cover_addresses(cover.sha256)["480"]

    answer = browser.get(url, headers={"If-None-Match": f'"{cover.sha256}-480"'})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_cover_that_no_recording_has_any_more_is_not_found(browser, cover):
    url = cover_addresses(cover.sha256)["480"]
    cover.delete()

    answer = browser.get(url)

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("#cover-unknown")


def test_a_cover_missing_from_the_storage_is_a_503(browser, cover):
    storage.path_of(storage.cover_name(cover.sha256, 160)).unlink()

    answer = browser.get(cover_addresses(cover.sha256)["160"])

    assert answer.status_code == 503
    assert answer.json()["type"].endswith("#file-missing")


def test_only_the_sizes_and_names_there_are_have_an_address(cover, media):
    paths = [
        f"/media/covers/{cover.sha256}/161.webp",
        f"/media/covers/{cover.sha256}/0480.webp",
        f"/media/covers/{cover.sha256}/480.webp/",
        f"/media/covers/{cover.sha256}/480.webp%0a",
        f"/media/covers/{cover.sha256}/480.png",
        f"/media/covers/{cover.sha256}/..%2f480.webp",
        f"/media/covers/{cover.sha256}/../{cover.sha256}/480.webp",
        f"/media/covers/../covers/{cover.sha256}/480.webp",
        f"/media/covers/{cover.sha256}",
        f"/media/covers/%2e%2e/{cover.sha256}/480.webp",
        f"/media/covers/x{cover.sha256}/480.webp",
    ]

    assert {path: status_at(media.port, path) for path in paths} == dict.fromkeys(paths, 404)


def test_a_cover_can_only_be_looked_at(browser, cover):
    for method in ["POST", "PUT", "DELETE", "OPTIONS"]:
        answer = browser.request(method, cover_addresses(cover.sha256)["480"])
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
