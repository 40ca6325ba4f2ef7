"""The built hub as a browser shows it: axe-core finds nothing, nothing fails, nothing comes from elsewhere, and it is light."""

import gzip
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from nexus import docs
from nexus.browser import chromium_program

AT_NIGHT = "NEXUS_ALL" in os.environ
pytestmark = pytest.mark.timeout(3600 if AT_NIGHT else 300)
SAMPLE = [
    "",
    "concepts/rest/",
    "labs/celery/",
    "capstone/domain/",
    "evidence/",
    "404.html",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
BY_DAY = [("light", DESK), ("dark", PHONE)]
LOOKS = [(scheme, size) for scheme in ("light", "dark") for size in (DESK, PHONE)] if AT_NIGHT else BY_DAY
FIRST_LOAD_BYTES = 120 * 1024  # gzip


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of the built hub, and its folder."""
    folder = tmp_path_factory.mktemp("site")
    assert docs.build(folder) == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", folder
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    program = chromium_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


def faults_of(page: Page, url: str) -> list[str]:
    """Open a page and return all that is wrong with it."""
    faults: list[str] = []
    page.on("console", lambda said: said.type == "error" and faults.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    own = urlsplit(url).netloc
    page.on(
        "request",
        lambda asked: (
            urlsplit(asked.url).netloc not in {own, ""} and faults.append(f"elsewhere: {asked.url}")
        ),
    )
    page.goto(url, wait_until="networkidle")
    violations = Axe().run(page, options=RULES).response["violations"]
    faults += [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"][:3]]
    if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
        faults.append("wider than the window")
    return faults


def addresses(folder: Path) -> list[str]:
    """Return the pages that are looked at: a sample by day, every one at night."""
    if not AT_NIGHT:
        return SAMPLE
    return [str(file.parent.relative_to(folder)) + "/" for file in sorted(folder.rglob("index.html"))]


@pytest.mark.parametrize(("scheme", "size"), LOOKS, ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_is_wrong_with_a_page(browser, site, scheme, size):
    url, folder = site
    found: dict[str, list[str]] = {}
    for address in addresses(folder):
        page = browser.new_page(viewport=size, color_scheme=scheme)
        found[address] = faults_of(page, url + address)
        page.close()

    assert {address: faults for address, faults in found.items() if faults} == {}


def test_the_first_load_is_light(browser, site):
    """What shows the start page; the index that search looks in comes after it, and is told apart."""
    page = browser.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.setdefault(answer.url, len(gzip.compress(answer.body()))))
    page.goto(site[0], wait_until="networkidle")
    page.close()

    index = sum(sizes.pop(url) for url in list(sizes) if url.endswith("search_index.json"))
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes
    assert index > 0


def test_the_keyboard_comes_to_the_text_first_and_every_link_it_is_at_is_seen(browser, site):
    page = browser.new_page()
    page.goto(site[0] + "concepts/rest/", wait_until="networkidle")
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("""() => {
              const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
              return [at.tagName, at.textContent.trim(), box.width * box.height > 0 && style.outlineStyle !== "none"]; }""")
        )
    page.close()

    links = [(text, is_seen) for tag, text, is_seen in seen if tag == "A"]
    assert links[0] == ("Skip to content", True)
    assert len(links) > 10
    assert [text for text, is_seen in links if not is_seen] == []
