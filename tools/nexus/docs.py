"""The hub: built strictly, then read as a browser would, link by link."""

import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from nexus.services import CHECKOUT

SITE = "http://site.invalid/"
FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("link", "href")}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}


class Page(HTMLParser):
    """One HTML file: what it links to, what it fetches, which fragments it has."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.fragments: set[str] = set()
        self.feed(file.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses and names in one tag."""
        values = {name: value or "" for name, value in attrs}
        self.fragments |= {values[name] for name in ("id", "name") if name in values}
        for name in values.keys() & {"href", "src"}:
            self.links.append(values[name])
            if (tag, name) in FETCHED and (
                tag != "link" or FETCHED_LINKS & set(values.get("rel", "").split())
            ):
                self.fetched.append(values[name])


def build(target: Path) -> int:
    """Build the hub and check its HTML; print what is wrong and return the exit code."""
    command = [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "-f", str(CHECKOUT / "mkdocs.yml")]
    code = subprocess.run(
        [*command, "-d", str(target)], env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False
    ).returncode
    if code:
        return code
    faults = list(faults_in(target))
    for fault in faults:
        print(fault)
    pages = len(list(target.rglob("*.html")))
    print(f"{pages} pages, {len(faults)} broken links or addresses of other hosts fetched", flush=True)
    return 1 if faults or not pages else 0


def faults_in(site: Path) -> Iterator[str]:
    """Yield a sentence for each link that leads nowhere, and each file that a page would fetch from another host."""
    pages = {file: Page(file) for file in sorted(site.rglob("*.html"))}
    for file, page in pages.items():
        where = file.relative_to(site)
        base = SITE + ("" if file.name == "404.html" else where.as_posix())
        for link in page.links:
            if fault := fault_of(link, base, site, pages):
                yield f"{where}: {link} {fault}"
        for address in page.fetched:
            if urlsplit(address).netloc:
                yield f"{where}: fetches {address} from another host"


def fault_of(link: str, base: str, site: Path, pages: dict[Path, Page]) -> str:
    """Return what is wrong with a link, "" where it is sound or leaves the site."""
    address = urljoin(base, link)
    if not address.startswith(SITE):
        return ""
    parts = urlsplit(address)
    file = site / unquote(parts.path).lstrip("/")
    file = file / "index.html" if file.is_dir() else file
    if not file.is_file():
        return "leads to no page"
    fragment = unquote(parts.fragment)
    if fragment and file in pages and fragment not in pages[file].fragments:
        return f"leads to a page without #{fragment}"
    return ""


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
