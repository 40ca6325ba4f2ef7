"""What the hub consists of and what vouches for it, counted: ``./nexus docs counts``."""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from nexus.evidence_page import NUMBER, body_of, hash_of_sources
from nexus.hub_text import blocks_in, page_files, sources
from nexus.markdown import DOCS, front_matter
from nexus.plots import RECORDS
from nexus.services import CHECKOUT
from nexus.site_links import SITE, Page

FIRST_LOAD_BYTES = 120 * 1024  # gzip
DRAWN = re.compile(r'--8<-- "diagrams/([\w-]+\.svg)"')


def counts(site: Path | None) -> Iterator[tuple[str, str]]:
    """Yield what is counted and its number in words; ``site`` is the built hub."""
    texts = {file: file.read_text() for file in page_files()}
    sections = Counter(file.relative_to(DOCS).parts[0] for file in texts if file.parent != DOCS)
    yield "pages", f"{len(texts)}: {', '.join(f'{count} {name}' for name, count in sorted(sections.items()))}"
    kinds = Counter(block.kind or "without a reason" for text in texts.values() for block in blocks_in(text))
    yield (
        "blocks of code",
        f"{kinds.total()}: {', '.join(f'{count} {kind}' for kind, count in kinds.most_common())}",
    )
    yield from counts_of_records()
    drawn = {name for text in texts.values() for name in DRAWN.findall(text)}
    yield "pictures", f"{len(drawn)}, each with a title and a description"
    named = sources(texts)
    yield (
        "links to other hosts",
        f"{len(named)} addresses at {len({urlsplit(one).netloc for one in named})} hosts",
    )
    if site:
        yield "links inside", f"{sum(len(links) for links in links_inside(site).values())}, each followed"
        heaviest = max(weights(site).items(), key=lambda entry: entry[1])
        yield (
            "heaviest first load",
            f"{heaviest[1] / 1024:.0f} KB gzip of {FIRST_LOAD_BYTES // 1024}: {heaviest[0]}",
        )


def counts_of_records() -> Iterator[tuple[str, str]]:
    """Yield what was recorded from runs."""
    runs = [file for file in RECORDS.glob("*.txt") if not file.name.startswith("bench-")]
    numbers = sum(len(NUMBER.findall(body_of(file))) for file in runs)
    yield "runs replayed", f"{len(runs)}, with {numbers} numbers"
    benches = [json.loads(file.read_text()) for file in RECORDS.glob("bench-*.json")]
    now = hash_of_sources()
    stale = sum(len(bench["results"]) for bench in benches if bench.get("sources") != now)
    yield "ratios measured", f"{sum(len(bench['results']) for bench in benches)}, of which stale: {stale}"


def pages_of(site: Path) -> dict[str, Page]:
    """Return every built page by its address."""
    files = sorted(site.rglob("index.html"))
    return {f"{file.parent.relative_to(site).as_posix()}/".removeprefix("./"): Page(file) for file in files}


def links_inside(site: Path) -> dict[str, set[str]]:
    """Return for each page the links that stay on the site."""
    return {
        name: {link for link in page.links if not urlsplit(link).netloc}
        for name, page in pages_of(site).items()
    }


def weights(site: Path) -> dict[str, int]:
    """Return for each page what its first load weighs, in bytes of gzip: itself, and each file that it fetches."""
    known: dict[str, int] = {}
    found = {}
    for name, page in pages_of(site).items():
        paths = {urlsplit(urljoin(f"{SITE}{name}", one)).path for one in page.fetched - page.later}
        files = {site / unquote(path).lstrip("/") for path in paths} | {site / name / "index.html"}
        found[name or "./"] = sum(gzipped(file, known) for file in files if file.is_file())
    return found


def gzipped(file: Path, known: dict[str, int]) -> int:
    """Return a file's size as it is sent."""
    if str(file) not in known:
        known[str(file)] = len(gzip.compress(file.read_bytes()))
    return known[str(file)]


def page_rows(site: Path) -> Iterator[list[str]]:
    """Yield each page's address, minutes, lab and weight."""
    for name, weight in weights(site).items():
        file = DOCS / ("index.md" if name == "./" else f"{name.rstrip('/')}.md")
        facts = front_matter(file.read_text())
        minutes = str(facts["minutes"]["value"]) if "minutes" in facts else ""
        yield [name, minutes, facts.get("lab", ""), f"{weight / 1024:.0f}"]


def show(*, each_page: bool) -> int:
    """Print the counts, and with ``each_page`` a table of the pages; return the exit code."""
    site = CHECKOUT / "site"
    is_built = (site / "index.html").exists()
    if not is_built:
        print("nexus: links and weight are counted in the built hub: ./nexus docs build", file=sys.stderr)
    print("\n".join(f"{name:20}  {number}" for name, number in counts(site if is_built else None)))
    if each_page and is_built:
        print(f"\n{'page':64}  minutes  {'lab':9}  KB gzip")
        for name, minutes, lab, weight in page_rows(site):
            print(f"{name:64}  {minutes:>7}  {lab:9}  {weight:>7}")
    return 0 if is_built or not each_page else 1
