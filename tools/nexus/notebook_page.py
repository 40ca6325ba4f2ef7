"""
The capstone's notebook as a page of the hub; ``python -m nexus.notebook_page`` runs it first and writes it as it is committed.

It needs no service: its functions are pure.
"""

import os
import re
from pathlib import Path
from typing import Any

import nbformat

from nexus.labs.notebook import execute
from nexus.markdown import page
from nexus.services import CHECKOUT

NOTEBOOK = CHECKOUT / "capstone/notebooks/listening.ipynb"
RUN = "<!-- unchecked: the notebook's own test runs this cell and compares what it prints -->"


def notebook_page(file: Path = NOTEBOOK) -> str:
    """Return a committed notebook as a page: its text, its code, and what each cell printed or drew."""
    content: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    first, *others = content.cells
    title, _, opening = first.source.removeprefix("# ").partition("\n")
    summary = " ".join(re.findall(r"\*\*(.+?)\*\*", opening)[0].split())
    name = str(file.relative_to(CHECKOUT))
    made = f"This page is `{name}` as it ran. Any Jupyter whose kernel is the repository's `.venv` opens it, to change and run."
    back = "Back to [Listening](listening.md), which says how the service stores, bounds and asks."
    told = f"A notebook that replays two devices: {summary[0].lower()}{summary[1:]}"
    return page(title, told, name, opening.strip(), made, *map(part, others), back)


def part(cell: Any) -> str:
    """Return a cell, with its outputs."""
    if cell.cell_type == "markdown":
        return folded(str(cell.source))
    return "\n\n".join([f"{RUN}\n```python\n{cell.source}\n```", *map(shown, cell.outputs)])


def folded(text: str) -> str:
    """Return Markdown in which folded answers are the site's own."""

    def answer(found: "re.Match[str]") -> str:
        lines = ("    " + line if line else "" for line in found[2].strip().splitlines())
        return f'??? question "{found[1]}"\n\n' + "\n".join(lines)

    return re.sub(r"<details><summary>(.+?)</summary>(.+?)</details>", answer, text, flags=re.DOTALL)


def shown(output: Any) -> str:
    """Return what a cell printed or drew. Raises ``ValueError`` for what no page can show."""
    if output.output_type == "stream":
        return f"{RUN}\n```text\n{output.text.rstrip()}\n```"
    drawing = output.get("data", {}).get("image/svg+xml")
    if drawing is None:
        raise ValueError(f"A cell of the notebook has a {output.output_type}: print it, or draw it as SVG.")
    return f'<figure class="nx" markdown="0"><div tabindex="0">\n{drawing.strip()}\n</div></figure>'


if __name__ == "__main__":
    execute(NOTEBOOK, os.environ)
