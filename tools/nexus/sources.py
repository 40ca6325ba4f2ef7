"""The addresses of other hosts that the hub names: a page that lists them, what is wrong with them, and whether they answer."""

import http.client
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from nexus.hub_text import page_files, sources
from nexus.markdown import DOCS, front_matter, page

PAGE = DOCS / "reference/sources.md"
ONLY_HTTP = {"www.catb.org"}  # has no https
SECONDS = 20
AT_ONCE = 8
FORBIDS_PROGRAMS = {401, 403, 405, 429, 503}  # it is there, and answers people only


def sources_page(texts: Mapping[Path, str]) -> str:
    """Return the list of all addresses, by host, each with the pages that name it; ``texts`` are those of all pages."""
    named = sources({file: text for file, text in texts.items() if file != PAGE})
    hosts: dict[str, list[str]] = {}
    for address in named:
        hosts.setdefault(urlsplit(address).netloc.removeprefix("www."), []).append(address)
    return page(
        "Sources",
        f"The {len(named)} addresses at {len(hosts)} hosts that these pages refer to, and the pages that do.",
        "the pages",
        "These are what the hub was written from and what to read next. `./nexus docs links` says what is wrong with their "
        "spelling, without a network; `./nexus docs links --fetch` asks each host whether the page is still there.",
        *(host_text(host, addresses, named, texts) for host, addresses in sorted(hosts.items())),
    )


def host_text(
    host: str, addresses: list[str], named: Mapping[str, list[Path]], texts: Mapping[Path, str]
) -> str:
    """Return one host's addresses."""
    lines = []
    for address in addresses:
        links = (
            f"[{front_matter(texts[file]).get('title', file.stem)}](../{file.relative_to(DOCS).as_posix()})"
            for file in named[address]
        )
        shown = address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
        lines.append(f"- [{shown}]({address}): {', '.join(links)}")
    return f"## {host}\n\n" + "\n".join(lines)


def misspelled(addresses: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each address that is not https, or is spelled in two ways."""
    addresses = list(addresses)
    for address in addresses:
        if not address.startswith("https://") and urlsplit(address).netloc not in ONLY_HTTP:
            yield f"{address} is not https"
    count = Counter(map(plain, addresses))
    yield from (
        f"{address} is spelled in {count[plain(address)]} ways"
        for address in addresses
        if count[plain(address)] > 1
    )


def plain(address: str) -> str:
    """Return an address without what two spellings of one differ in."""
    parts = urlsplit(address)
    return (
        f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"
    )


def answer_of(address: str) -> str:
    """Ask for an address; return "" where it is there, else what came instead."""
    asked = Request(address.partition("#")[0], headers={"User-Agent": "Mozilla/5.0 (link check)"})  # noqa: S310 -- http only
    try:
        with urlopen(asked, timeout=SECONDS):  # noqa: S310
            return ""
    except HTTPError as error:
        return "" if error.code in FORBIDS_PROGRAMS else f"answers {error.code}"
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer: {getattr(error, 'reason', error)}"


def check(*, fetch: bool) -> int:
    """Print what is wrong with the addresses, and return the exit code; with ``fetch``, ask every host."""
    named = sources({file: file.read_text() for file in page_files() if file != PAGE})
    faults = list(misspelled(named))
    if fetch:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = zip(named, pool.map(answer_of, named), strict=True)
        faults += [
            f"{address} {answer} (in {', '.join(file.relative_to(DOCS).as_posix() for file in named[address])})"
            for address, answer in answers
            if answer
        ]
    hosts = {urlsplit(address).netloc for address in named}
    done = "asked" if fetch else "read, none asked (--fetch asks them)"
    print("\n".join([*faults, f"{len(named)} addresses at {len(hosts)} hosts {done}, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(check(fetch="--fetch" in sys.argv))
