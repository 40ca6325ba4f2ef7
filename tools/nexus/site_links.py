"""
Read a built site as a browser would: every link leads somewhere, and every file fetched comes from the site itself.

MkDocs checks the links that Markdown wrote; this checks what came out: raw HTML, templates, stylesheets, SVG.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

SITE = "http://site.invalid/"
NOT_FETCHED = {
    "canonical",
    "prev",
    "next",
    "alternate",
    "author",
    "license",
    "help",
    "search",
}  # a link's rel
CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)['"]?([^'")\s;]+)""")


class Page(HTMLParser):
    """One HTML file: what it links to, what a browser fetches for it, which fragments it has."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.later: set[str] = set()  # of what is fetched: only when the reader comes near it
        self.undescribed: list[str] = []
        self.fragments: set[str] = set()
        self.repeated: set[str] = set()
        self.feed(file.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses and the id in one tag."""
        given = {name.removeprefix("xlink:"): value or "" for name, value in attrs}
        if name := given.get("id"):
            self.repeated |= {name} & self.fragments
            self.fragments.add(name)
        self.fetched |= addresses_in(given.get("style", ""))
        if "href" in given:
            self.links.add(given["href"])
            if tag in {"image", "use"} or (
                tag == "link" and not NOT_FETCHED & set(given.get("rel", "").split())
            ):
                self.fetched.add(given["href"])
        for attribute in given.keys() & {"src", "srcset", "poster"}:
            found = {candidate.split()[0] for candidate in given[attribute].split(", ") if candidate}
            self.fetched |= found
            self.later |= found if given.get("loading") == "lazy" else set()
        if tag == "img" and not given.get("alt"):
            self.undescribed.append(given.get("src", "img"))

    def handle_data(self, data: str) -> None:
        """Note what a style element fetches."""
        if self.lasttag == "style":
            self.fetched |= addresses_in(data)


def broken_links(site_dir: Path | str) -> list[str]:
    """Return a sentence for each link that leads nowhere, file fetched from elsewhere, id given twice, image without words."""
    site = Path(site_dir)
    pages = {file: Page(file) for file in sorted(site.rglob("*.html"))}
    styles = {file: addresses_in(file.read_text()) for file in sorted(site.rglob("*.css"))}
    found = [fault for file, page in pages.items() for fault in faults_of(file, page, site, pages)]
    for file, addresses in styles.items():
        found += faults_of_fetched(file.relative_to(site).as_posix(), addresses, site, pages)
    return found if pages else [f"{site} holds no page: was it built?"]


def addresses_in(css: str) -> set[str]:
    """Return what a stylesheet makes a browser fetch."""
    return set(CSS_ADDRESS.findall(css))


def faults_of(file: Path, page: Page, site: Path, pages: dict[Path, Page]) -> Iterator[str]:
    """Yield what is wrong with one page."""
    where = file.relative_to(site).as_posix()
    for link in sorted(page.links):
        if fault := fault_of(link, where, site, pages):
            yield f"{where}: {link} {fault}"
    yield from faults_of_fetched(where, page.fetched, site, pages)
    yield from (f"{where}: id {name} is given twice" for name in sorted(page.repeated))
    yield from (f"{where}: image {name} has no alt text" for name in page.undescribed)


def faults_of_fetched(where: str, addresses: set[str], site: Path, pages: dict[Path, Page]) -> Iterator[str]:
    """Yield what is wrong with the files that a page or stylesheet fetches."""
    for address in sorted(addresses):
        if urlsplit(address).netloc:
            yield f"{where}: fetches {address} from another host"
        elif fault := fault_of(address, where, site, pages):
            yield f"{where}: fetches {address}, which {fault}"


def fault_of(link: str, where: str, site: Path, pages: dict[Path, Page]) -> str:
    """Return what is wrong with a link in the file ``where``; "" where it is sound or leaves the site."""
    base = SITE if where == "404.html" else SITE + where  # the error page is served at any address
    address = urljoin(base, link)
    if not address.startswith(SITE):
        return ""
    parts = urlsplit(address)
    file = site / unquote(parts.path).lstrip("/")
    if file.is_dir():
        if not parts.path.endswith("/"):
            return "lacks its last slash"
        file /= "index.html"
    if not file.is_file():
        return "leads nowhere"
    fragment = unquote(parts.fragment)
    if fragment and file in pages and fragment not in pages[file].fragments:
        return f"leads to a page without #{fragment}"
    return ""


if __name__ == "__main__":
    faults = broken_links(sys.argv[1])
    print("\n".join(faults) or "every link leads somewhere")
    sys.exit(1 if faults else 0)
