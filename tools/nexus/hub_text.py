"""The hub's pages as text: their blocks of code, what those include, and the addresses they name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nexus.markdown import DOCS, front_matter

FENCE = re.compile(r"^( *)(```+)([^\n]*)\n(.*?)^\1\2$", re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(r'--8<-- "([^":]+)(?::([\w-]+))?"')
REASON = re.compile(r"<!-- unchecked: .{15,} -->\s*\Z")
CODE = re.compile(r"`[^`\n]*`|<!--.*?-->", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s)>\"'\]]+")
LAB_TABLE = re.compile(r"^step +1 .*?(?=\n```|\n\n)", re.MULTILINE | re.DOTALL)
NO_SOURCE = ("127.0.0.1", "localhost", "example.", "www.w3.org/2000/")  # ours, nobody's, the name of a format


@dataclass(frozen=True)
class Block:
    """A block of code: the line it begins at, and why it may be believed."""

    line: int
    kind: str  # "included", "followed" by a test, "excused" with a reason; "" where nothing vouches for it


def page_files() -> list[Path]:
    """Return every page of the hub."""
    aside = {"overrides", "examples", "transcripts"}
    return sorted(file for file in DOCS.rglob("*.md") if not aside & set(file.parts))


def blocks_in(text: str) -> Iterator[Block]:
    """Yield a page's blocks of code."""
    is_followed = "followed" in front_matter(text)
    for fence in FENCE.finditer(text):
        body = fence[4].strip()
        before = text[: fence.start()]
        if body and all(INCLUDE.fullmatch(line.strip()) for line in body.splitlines()):
            kind = "included"
        elif fence[3] == "console" and is_followed:
            kind = "followed"
        else:
            kind = "excused" if REASON.search(before) else ""
        yield Block(before.count("\n") + 1, kind)


def unvouched(name: str, text: str) -> Iterator[str]:
    """Yield a sentence for each block of code that nothing vouches for; ``name`` is the page's."""
    said = "include the code, or say above it: <!-- unchecked: the reason -->"
    yield from (f"{name}:{block.line}: {said}" for block in blocks_in(text) if not block.kind)


def untrue_rows(name: str, page: str, readme: str) -> Iterator[str]:
    """Yield a sentence for each row of a lab's table on a page that the lab's README, compared with runs, has not."""
    on_page, measured = (LAB_TABLE.findall(text) for text in (page, readme))
    rows = measured[0].splitlines() if measured else []
    yield from (f"{name} says {row!r}: no run did" for row in on_page[0].splitlines() if row not in rows)


def wordless(name: str, drawing: str) -> Iterator[str]:
    """Yield a sentence for each word that an SVG owes those who do not see it."""
    yield from (f"{name} has no <{element}>" for element in ("title", "desc") if f"<{element}" not in drawing)


def addresses_in(text: str) -> set[str]:
    """Return the addresses of other hosts that a page's prose names."""
    found = {address.rstrip(".,;:") for address in ADDRESS.findall(CODE.sub("", FENCE.sub("", text)))}
    return {address for address in found if not address.partition("://")[2].startswith(NO_SOURCE)}


def sources(texts: Mapping[Path, str]) -> dict[str, list[Path]]:
    """Return every address of another host with the pages that name it."""
    found: dict[str, list[Path]] = {}
    for file, text in sorted(texts.items()):
        for address in addresses_in(text):
            found.setdefault(address, []).append(file)
    return dict(sorted(found.items()))
