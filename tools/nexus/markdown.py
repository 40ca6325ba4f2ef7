"""What the writers of the hub's generated pages share: where pages lie, front matter, tables."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from nexus.services import CHECKOUT

DOCS = CHECKOUT / "docs"
MADE = (
    "<!-- Written by tools/nexus/pages.py from {}: change that, then run .venv/bin/python -m nexus.pages -->"
)


def page(title: str, summary: str, source: str, *parts: str, facts: str = "") -> str:
    """Return a page with its front matter and a note of where it comes from."""
    front = (
        f"---\ntitle: {json.dumps(title)}\nsummary: {json.dumps(summary, ensure_ascii=False)}\n{facts}---\n"
    )
    return "\n".join([front, MADE.format(source), "", "\n\n".join(parts), ""])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def front_matter(text: str) -> dict[str, Any]:
    """Return what stands between the first two `---` lines of a page; {} where there is none."""
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    return yaml.safe_load(found[1]) if found else {}


def concept_facts(name: str) -> dict[str, Any]:
    """Return the front matter of a concept page."""
    return front_matter((DOCS / f"concepts/{name}.md").read_text())
