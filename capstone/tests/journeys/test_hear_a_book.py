"""Hear a book: from the front page of the API to sound, over real HTTP, on the demo's own speech."""

import io
import socket
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import av
import httpx
import numpy as np
import pytest
from media.processes import SECRET_KEY, eventually, process_environment, running
from media.tones import is_speech

from audiobooks.catalog.models import Audiobook
from audiobooks.demo import services, titles
from audiobooks.demo.accounts import password_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform(transactional_db, tmp_path, settings, monkeypatch) -> Iterator[httpx.Client]:
    """API and media process as `./nexus up` starts them, on two of the demo's books; a client of the API."""
    ports = free_ports(2)
    addresses = [f"http://127.0.0.1:{port}/" for port in ports]
    settings.SECRET_KEY, settings.MEDIA_BASE_URL = SECRET_KEY, addresses[1]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    whole = titles.load()
    restricted = next(key for key, book in whole.books.items() if book.recordings[0].access == "restricted")
    opened = next(key for key, book in whole.books.items() if book.recordings[0].access == "open")
    cut = replace(whole, books={key: whole.books[key] for key in (restricted, opened)})
    monkeypatch.setattr(titles, "load", lambda: cut)
    services.demo_seed(progress=lambda _done, _of: None)
    environment = process_environment(
        STORAGE_DIR=str(settings.STORAGE_DIR), MEDIA_BASE_URL=addresses[1], PUBLIC_BASE_URL=addresses[0]
    )

    def granian(port: int, *options: str) -> list[str]:
        return ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), *options]

    api = granian(ports[0], "--workers", "1", "--blocking-threads", "1", "config.wsgi:application")
    media = granian(ports[1], "--workers", "1", "--blocking-threads", "32", "config.wsgi_media:application")
    with (
        running(*api, log=tmp_path / "api.log", env=environment),
        running(*media, log=tmp_path / "media.log", env=environment),
        httpx.Client(base_url=addresses[0], timeout=30) as client,
    ):
        for address in addresses:
            eventually(lambda address=address: answers(f"{address}healthz/live"))
        yield client


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def log_in(client: httpx.Client, username: str) -> dict[str, str]:
    credentials = {"username": username, "password": password_of(username)}
    token = client.post("/api/v1/auth/token/", json=credentials).raise_for_status().json()
    return {"Authorization": f"{token['token_type']} {token['access_token']}"}


def by_ranges(url: str, size_bytes: int, step_bytes: int = 20_000) -> bytes:
    content = b""
    while len(content) < size_bytes:
        last = min(len(content) + step_bytes, size_bytes) - 1
        answer = httpx.get(url, headers={"Range": f"bytes={len(content)}-{last}"})
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes {len(content)}-{last}/{size_bytes}"
        content += answer.content
    return content


def sounds_like_speech(content: bytes) -> bool:
    with av.open(io.BytesIO(content)) as container:
        rate = container.streams.audio[0].rate
        samples = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)])
    return is_speech(samples, rate)


def test_bo_hears_what_is_restricted_and_cy_does_not(platform):
    bo, cy = log_in(platform, "bo"), log_in(platform, "cy")
    listed = platform.get("/api/v1/audiobooks/", params={"access": "restricted"}, headers=bo).json()[
        "results"
    ]
    chapters = f"/api/v1/audiobooks/{listed[0]['id']}/chapters/"
    last = platform.get(chapters, headers=bo).json()["results"][-1]["position"]

    audio = platform.get(f"{chapters}{last}/audio/", headers=bo).json()
    refused = platform.get(f"{chapters}{last}/audio/", headers=cy)

    content = by_ranges(audio["url"], audio["size_bytes"])
    assert sounds_like_speech(content)
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "grant-required")


def test_an_address_opens_for_its_own_user_file_and_time_alone(platform):
    bo = log_in(platform, "bo")
    chapters = [
        f"/api/v1/audiobooks/{book['id']}/chapters/1/audio/"
        for book in platform.get("/api/v1/audiobooks/", headers=bo).json()["results"][:2]
    ]
    one, other = (urlsplit(platform.get(path, headers=bo).json()["url"]) for path in chapters)
    parameters = {name: values[0] for name, values in parse_qs(one.query).items()}
    ada = platform.get("/api/v1/me/", headers=log_in(platform, "ada")).json()["id"]

    def status(path: str = one.path, **but: str) -> int:
        return httpx.get(f"{one.scheme}://{one.netloc}{path}?{urlencode(parameters | but)}").status_code

    assert status() == 200
    assert status(path=other.path) == 403
    assert status(user=ada) == 403
    assert status(expires=str(int(parameters["expires"]) + 60)) == 403
    assert status(signature=parameters["signature"][::-1]) == 403


def test_a_withdrawn_recording_stops_at_once(platform):
    bo = log_in(platform, "bo")
    book = platform.get("/api/v1/audiobooks/", headers=bo).json()["results"][0]
    url = platform.get(f"/api/v1/audiobooks/{book['id']}/chapters/1/audio/", headers=bo).json()["url"]
    assert httpx.head(url).status_code == 200

    Audiobook.objects.filter(pk=book["id"]).update(status="withdrawn")

    assert httpx.head(url).status_code == 404
    assert platform.get(f"/api/v1/audiobooks/{book['id']}/", headers=bo).status_code == 404


def test_covers_open_for_everybody_and_never_change(platform):
    cover = next(book["cover"] for book in platform.get("/api/v1/audiobooks/").json()["results"])

    answer = httpx.get(cover["urls"]["160"])

    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
