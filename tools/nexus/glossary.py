"""
A Markdown extension: where a page first says a word of the glossary, the meaning shows on hover.

``mkdocs.yml`` names it. What it knows it reads from the page of the glossary, so nothing is defined twice. It imports
nothing of ours: the image of the hub has what MkDocs needs, and no more.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

PAGE = Path(__file__).resolve().parents[2] / "docs/start/glossary.md"
FIRST_SECTION = "## Of HTTP and data"  # what stands before it are words of ours, at every turn of every page
PLAIN = {"index", "safe", "topic", "hit", "miss"}  # words of every day, too
UNTOUCHED = {"a", "code", "pre", "dt", "h1", "h2", "h3", "h4", "h5", "h6"}
ENTRY = re.compile(r"^(\S[^{\n]*?)(?: \{ #[\w-]+ \})?\n:   (.+(?:\n    .+)*)", re.MULTILINE)
SOURCE = re.compile(r"\s*\(\[[^\]]+\]\([^)]+\)\)")


def meanings(glossary: str) -> dict[str, str]:
    """Return what each word of the page means, as plain text; words are keys in small letters."""
    entries = ENTRY.findall(glossary.partition(FIRST_SECTION)[2])
    found = {head.lower(): text for heads, text in entries for head in heads.split(", ")}
    return {
        head: " ".join(SOURCE.sub("", text).split()).replace("`", "")
        for head, text in found.items()
        if head not in PLAIN
    }


class FirstMentions(Treeprocessor):
    """Gives the first mention of each word its meaning, as an ``abbr`` with a title."""

    def __init__(self, md: Markdown, meaning_of: dict[str, str]) -> None:
        super().__init__(md)
        self.meaning_of = meaning_of
        words = "|".join(sorted(map(re.escape, meaning_of), key=len, reverse=True))
        self.word = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)

    def run(self, root: Element) -> None:
        """Change the tree of a page."""
        seen: set[str] = set()
        for parent, child in list(texts_in(root)):
            self.mark(parent, child, seen)

    def mark(self, parent: Element, child: Element | None, seen: set[str]) -> None:
        """Mark what is new in the text after ``child``, or in the parent's own where that is None."""
        text = parent.text if child is None else child.tail
        if not text or isinstance(text, AtomicString):
            return
        new = (found for found in self.word.finditer(text) if found[0].lower() not in seen)
        if found := next(new, None):
            seen.add(found[0].lower())
            mention = Element(
                "abbr", title=self.meaning_of[found[0].lower()], tabindex="0"
            )  # for the keyboard, and a finger
            mention.text, mention.tail = AtomicString(found[0]), text[found.end() :]
            if child is None:
                parent.text, place = text[: found.start()], 0
            else:
                child.tail, place = text[: found.start()], list(parent).index(child) + 1
            parent.insert(place, mention)
            self.mark(parent, mention, seen)


def texts_in(element: Element) -> Iterator[tuple[Element, Element | None]]:
    """Yield the places of prose in the order of reading: a parent, and the child that the text comes after."""
    if element.tag in UNTOUCHED:
        return
    yield element, None
    for child in element:
        yield from texts_in(child)
        yield element, child


class Glossary(Extension):
    """What ``mkdocs.yml`` names."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Python-Markdown's own name
        """Run after the inline patterns, so that links and code are known."""
        md.treeprocessors.register(FirstMentions(md, meanings(PAGE.read_text())), "glossary", 7)


def makeExtension(**options: Any) -> Glossary:  # noqa: N802 -- Python-Markdown's own name
    """Return the extension."""
    return Glossary(**options)
