"""The built hub as a browser shows it: axe-core finds nothing, nothing fails, nothing comes from elsewhere, and it is light."""

import gzip
import os
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from nexus import docs, hub_counts
from nexus.browser import chromium_program
from nexus.hub_counts import FIRST_LOAD_BYTES

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
SCHEMES = {"light": "default", "dark": "slate"}
SOUGHT = {
    "n+1": "concepts/orm-practice/",
    "jwt": "technologies/jwt/",
    "rate limit": "concepts/rate-limiting/",
    "slow query": "concepts/indexing-and-query-optimisation/",
    "deadlock": "concepts/transactions-and-constraints/",
    "idempotency": "labs/rest/",
    "cron": "concepts/periodic-work/",
    "secrets": "concepts/configuration-and-secrets/",
    "stampede": "concepts/caching-strategies/",
    "pagination": "concepts/pagination-and-filtering/",
}
RESULTS_OF = """words => {
  const last = words.split(" ").at(-1).slice(0, 4);  // of what was typed before, other pages may be the first
  const marks = [...document.querySelectorAll(".md-search-result__item:first-child mark")];
  return marks.some(mark => mark.textContent.toLowerCase().startsWith(last)); }"""


class Served(SimpleHTTPRequestHandler):
    """Serves files, and notes which: a page sees what it asked for itself, a server what its workers asked for, too."""

    paths: ClassVar[list[str]] = []

    def log_message(self, *_words: object) -> None:
        """Note the path instead of saying it."""
        self.paths.append(urlsplit(self.path).path)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of the built hub, and its folder."""
    folder = tmp_path_factory.mktemp("site")
    assert docs.build(folder) == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Served, directory=folder))
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


def faults_of(browser: Browser, url: str, looks: list[tuple[str, dict]]) -> list[str]:
    """Open a page and return all that is wrong with it in each colour scheme and width."""
    page = browser.new_page(color_scheme=looks[0][0], viewport=looks[0][1])
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
    page.goto(url, wait_until="load")
    page.add_style_tag(
        content="* { transition: none !important; }"
    )  # or a colour is read on its way to another
    for scheme, size in looks:
        page.set_viewport_size(size)
        page.evaluate(
            "scheme => document.querySelector(`[data-md-color-scheme=${scheme}][name]`).click()",
            SCHEMES[scheme],
        )
        page.wait_for_selector(f"body[data-md-color-scheme={SCHEMES[scheme]}]")
        faults += [f"{scheme}, {size['width']}: {fault}" for fault in faults_seen(page)]
    page.close()
    return faults


def faults_seen(page: Page) -> Iterator[str]:
    """Yield what axe-core finds on a page as it is shown now, and whether it is wider than the window."""
    for one in Axe().run(page, options=RULES).response["violations"]:
        yield from (f"{one['id']}: {node['html'][:200]}" for node in one["nodes"][:3])
    if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
        yield "wider than the window"


def addresses(folder: Path) -> list[str]:
    """Return the pages that are looked at: a sample by day, every one at night."""
    if not AT_NIGHT:
        return SAMPLE
    return [str(file.parent.relative_to(folder)) + "/" for file in sorted(folder.rglob("index.html"))]


def test_nothing_is_wrong_with_a_page(browser, site):
    url, folder = site
    found = {address: faults_of(browser, url + address, LOOKS) for address in addresses(folder)}

    assert {address: faults for address, faults in found.items() if faults} == {}


@pytest.mark.parametrize("address", ["", "concepts/rest/"])
def test_the_first_load_is_light_whoever_asks_and_brings_no_index_of_search(browser, site, address):
    url, folder = site
    Served.paths.clear()
    page = browser.new_page()
    page.goto(url + address, wait_until="networkidle")
    page.close()

    files = {path: folder / unquote(path).lstrip("/") for path in Served.paths}
    sizes = {path: gzipped(file / "index.html" if file.is_dir() else file) for path, file in files.items()}
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes
    assert f"/{address}" in sizes
    assert "/search/search_index.json" not in sizes


def test_no_page_weighs_more_than_a_first_load_may(site):
    weights = hub_counts.weights(site[1])

    assert len(weights) > 150
    assert {page: weight for page, weight in weights.items() if weight > FIRST_LOAD_BYTES} == {}


def gzipped(file: Path) -> int:
    return len(gzip.compress(file.read_bytes()))


def test_search_finds_the_page_that_a_learner_looks_for(browser, site):
    """By the key that opens it; the index comes with the first use, and the page that is opened marks the word."""
    page = browser.new_page()
    page.goto(site[0], wait_until="networkidle")
    page.keyboard.press("/")
    field, first = page.locator(".md-search__input"), page.locator(".md-search-result__item > a").first
    found = {}
    for words in SOUGHT:
        field.fill(words[:-1])
        field.press_sequentially(words[-1])  # a key that goes up has it look: for all the words, once
        page.wait_for_function(RESULTS_OF, arg=words, timeout=60_000)
        found[words] = urlsplit(first.get_attribute("href")).path.lstrip("/")
    first.click()
    marked = page.locator("article mark").first
    marked.wait_for()

    assert found == SOUGHT
    assert marked.text_content().lower() in list(SOUGHT)[-1]
    page.close()


def test_the_first_mention_of_a_word_says_what_it_means_to_the_keyboard_too(browser, site):
    page = browser.new_page()
    page.goto(site[0] + "concepts/pagination-and-filtering/", wait_until="networkidle")
    mention = page.locator("article abbr", has_text=re.compile("^keyset$", re.IGNORECASE))
    mention.focus()
    page.get_by_text("The columns a list is ordered by, ending in a unique one.").first.wait_for()

    assert mention.count() == 1
    page.close()


def test_a_page_can_be_read_and_left_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(site[0] + "concepts/rest/")
    page.locator("article details summary").first.click()
    answer = page.locator("article details[open] > :not(summary)").first

    assert answer.is_visible()
    assert page.locator("article figure svg").first.is_visible()
    page.locator(".md-footer__link--next").click()
    assert page.url == site[0] + "concepts/pagination-and-filtering/"
    context.close()


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
