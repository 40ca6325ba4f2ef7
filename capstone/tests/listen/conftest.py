"""The platform as it runs, on three recordings of tones, and a browser that listens to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cast import PASSWORD, make_audiobook, make_chapters, make_genre, make_person, make_user
from django.test import override_settings
from journeys.test_hear_a_book import answers, free_ports
from media.audio import make_file, make_streamed
from media.processes import SECRET_KEY, eventually, process_environment, running
from media.tones import tones_m4a
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from audiobooks.catalog.models import Audiobook
from audiobooks.demo.covers import draw_cover
from audiobooks.media import services
from nexus.browser import chromium_program
from nexus.emptying import empty

LISTENERS = ["bo", "cy", "dee", "eli", "fay", "gus"]
TONES_HZ = (440, 660, 880)  # of the chapters, a minute each
MEANT = "net::ERR_INTERNET_DISCONNECTED|responded with a status of 40[34]"


@dataclass
class Platform:
    """Where it answers, and the recordings it has."""

    url: str
    media_url: str
    streamed: str
    unstreamed: str
    restricted: str
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, user: str, path: str) -> Any:
        """Return what the API answers a listener, past the player."""
        api = f"{self.url}api/v1/"
        if user not in self.tokens:
            credentials = {"username": user, "password": PASSWORD}
            answer = httpx.post(f"{api}auth/token/", json=credentials, timeout=30).raise_for_status()
            self.tokens[user] = answer.json()["access_token"]
        headers = {"Authorization": f"Bearer {self.tokens[user]}"}
        return httpx.get(api + path, headers=headers, timeout=30).raise_for_status().json()

    def place(self, user: str) -> int | None:
        """Return where a listener is in the recording heard last."""
        places = self.ask(user, "me/positions/")["results"]
        return places[0]["position_ms"] if places else None


@pytest.fixture(scope="module")
def db(django_db_setup) -> None:
    """
    The database of the run, made, and opened to no test. pytest-django makes it where a test has a fixture of this name.

    A test that is marked `django_db` gets it as usual.
    """


@pytest.fixture(scope="module")
def platform(db, django_db_blocker, tmp_path_factory) -> Iterator[Platform]:
    """API and media process as `./nexus up` starts them; addresses of sound are about to end from the first second."""
    chromium_program()
    folder = tmp_path_factory.mktemp("platform")
    ports = free_ports(2)
    urls = [f"http://127.0.0.1:{port}/" for port in ports]
    hasher = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with (
        django_db_blocker.unblock(),
        override_settings(STORAGE_DIR=folder / "storage", SECRET_KEY=SECRET_KEY, PASSWORD_HASHERS=hasher),
    ):
        books = make_books()
        environment = process_environment(
            STORAGE_DIR=str(folder / "storage"),
            PUBLIC_BASE_URL=urls[0],
            MEDIA_BASE_URL=urls[1],
            MEDIA_ADDRESS_SECONDS="50",
        )
    granian = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1"]
    api = [*granian, "--port", str(ports[0]), "--blocking-threads", "2", "config.wsgi:application"]
    media = [*granian, "--port", str(ports[1]), "--blocking-threads", "32", "config.wsgi_media:application"]
    with (
        running(*api, log=folder / "api.log", env=environment),
        running(*media, log=folder / "media.log", env=environment),
    ):
        for url in urls:
            eventually(lambda url=url: answers(f"{url}healthz/live"), within_s=90)
        yield Platform(*urls, **books)
    with django_db_blocker.unblock():
        empty(None)


def make_books() -> dict[str, str]:
    """Make the listeners, and three recordings: one as a stream, one by chapters alone, one that needs a grant."""
    for name in LISTENERS:
        make_user(name)
    author, narrator = make_person("Jules Verne"), make_person("Edith Ambler")
    people = {"authors": [author], "narrators": [narrator]}
    streamed = make_streamed(*TONES_HZ, seconds_each=60, title="Around the World", **people)
    streamed.book.genres.add(make_genre("travel"))
    unstreamed = make_audiobook("By Chapters", duration_ms=4_000, **people)
    make_chapters(unstreamed, 2_000, 2_000)
    for position, hz in enumerate((440, 660), 1):
        make_file(unstreamed, position, (position - 1) * 2_000, tones_m4a(hz))
    restricted = make_audiobook("Under Lock and Key", access="restricted", **people)
    for one in (streamed, unstreamed, restricted):
        image = draw_cover(one.title, "Jules Verne", seed=one.title)
        services.cover_store(audiobook_id=one.pk, image=image, description=f"Cover of {one.title}")
    Audiobook.objects.filter(pk=streamed.pk).update(summary="A bet, a clock, and eighty days.")
    return {"streamed": str(streamed.pk), "unstreamed": str(unstreamed.pk), "restricted": str(restricted.pk)}


@pytest.fixture(scope="module")
def chromium(platform) -> Iterator[Browser]:
    """The browser. Playwright's loop runs in this thread, so Django's models refuse to be asked: ask the API."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=["--mute-audio"])
        yield browser
        browser.close()


@pytest.fixture
def enter(chromium, platform) -> Iterator[Callable[..., Page]]:
    """Return a function that opens the player in a browser of its own, signed in as somebody (or not, as "")."""
    noticed = SimpleNamespace(errors=[], hosts=set())
    contexts: list[BrowserContext] = []

    def enter(user: str, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        context.on("request", lambda request: noticed.hosts.add(urlsplit(request.url).netloc))
        context.on("console", lambda said: note(noticed.errors, said))
        context.on("weberror", lambda error: noticed.errors.append(str(error.error)))
        page = context.new_page()
        page.goto(f"{platform.url}listen/")
        if user:
            page.get_by_role("link", name="Sign in").click()
            page.get_by_label("Username or e-mail").fill(user)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name="Sign out").wait_for()
        page.locator(".card").first.wait_for()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert noticed.errors == []
    assert noticed.hosts <= {urlsplit(platform.url).netloc, urlsplit(platform.media_url).netloc, ""}


def note(errors: list[str], said: Any) -> None:
    """Keep what the browser complains of, such as a breach of the policy; a refusal and a missing network are meant."""
    if said.type in {"error", "warning"} and not re.search(MEANT, said.text):
        errors.append(f"{said.text} {said.location}")
