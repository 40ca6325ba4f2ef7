"""The page *Evidence*: every measured number of the hub, with the command that measures it again."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nexus.markdown import DOCS, front_matter, page, table
from nexus.plots import DRAWN, RECORDS, included, told_ratio
from nexus.services import CHECKOUT

NUMBER = re.compile(r"\d[\d,.]*")
SOURCES = ("capstone/audiobooks", "capstone/config", "labs/*/src")


def evidence_page(labs: list[str]) -> str:
    """Return the page; ``labs`` are those whose tables ``verify`` compares."""
    sessions = [file for file in sorted(RECORDS.glob("*.txt")) if not file.name.startswith("bench-")]
    ratios = sorted(RECORDS.glob("bench-*.json"))
    texts = {place: place.read_text() for place in sorted(DOCS.rglob("*.md"))}
    numbers = sum(len(NUMBER.findall(body_of(file))) for file in sessions)
    return page(
        "Evidence",
        "Every measured number of this site, with the command that measures it again and where it is shown.",
        "docs/transcripts",
        f"{len(sessions)} recorded runs with {numbers:,} numbers are run again in every `./nexus test`, and compared exactly: "
        "counts, statuses, sizes. Ratios of speed are not, for a busy machine would fail them: they are measured on demand, "
        "each way in turn, and written down with their spread.",
        "## Compared in every test run",
        table(["command", "numbers", "shown on"], (session_row(file, texts) for file in sessions)),
        "The tables in the labs' README files are compared too, by "
        + ", ".join(f"`./nexus lab verify {lab}`" for lab in labs)
        + "; the notebooks are executed, and their counts compared.",
        "## Ratios, measured on demand",
        "A ratio is the median of its rounds; the band is the smallest and the largest. *Stale* means that the capstone or a "
        "lab's part has changed since: the number was true of another version.",
        *(section(file) for file in ratios),
    )


def body_of(file: Path) -> str:
    """Return what a recorded run printed, without its marks."""
    return "\n".join(line for line in file.read_text().splitlines() if not line.startswith("#"))


def session_row(file: Path, texts: Mapping[Path, str]) -> list[str]:
    """Return a recorded run's row; ``texts`` are those of all pages."""
    name = file.stem.removeprefix("challenge-")
    command = f"./nexus challenge {name}" if file.stem != name else "./nexus docs check"
    return [
        f"`{command}`",
        f"{len(NUMBER.findall(body_of(file)))}",
        ", ".join(pages_with(file, texts)) or "no page yet",
    ]


def pages_with(file: Path, texts: Mapping[Path, str]) -> Iterator[str]:
    """Yield a link to each page that includes a recorded run."""
    for place, text in texts.items():
        if f"docs/transcripts/{file.name}" in text:
            yield f"[{front_matter(text).get('title', place.stem)}]({place.relative_to(DOCS)})"


def section(file: Path) -> str:
    """Return what one bench measured."""
    measured: dict[str, Any] = json.loads(file.read_text())
    name = file.stem.removeprefix("bench-")
    is_stale = measured.get("sources") != hash_of_sources()
    told = f"`./nexus bench {name} --record`, {measured['measured_at'][:10]}, {measured.get('machine', 'machine not noted')}"
    heads = ["on", "way ÷ yardstick", "median", "band", "processor", "bar", "goal"]
    rows = (ratio_row(result) for result in measured["results"])
    drawn = [included(name)] if name in DRAWN else []
    parts = [f"### {name}", told + (". **Stale.**" if is_stale else "."), *drawn, table(heads, rows)]
    return "\n\n".join([*parts, *measured.get("figures", [])])


def ratio_row(result: dict[str, Any]) -> list[str]:
    """Return one ratio's row."""
    goal, ratios = result["goal"], result["ratios"]
    bounds = ["–" if goal[word] is None else f"{goal[word]:.2f}" for word in ("bar", "goal")]
    band = f"{told_ratio(min(ratios))} to {told_ratio(max(ratios))}"
    processor = result["processor"]
    numbers = [told_ratio(result["median"]), band, "–" if processor is None else told_ratio(processor)]
    return [result["on"], f"{goal['way']} ÷ {goal['yardstick']}", *numbers, *bounds]


def hash_of_sources() -> str:
    """Return the SHA-256 of the capstone's and the parts' code: what a measured ratio speaks of."""
    digest = hashlib.sha256()
    for place in (folder for pattern in SOURCES for folder in sorted(CHECKOUT.glob(pattern))):
        for file in sorted(place.rglob("*.py")):
            digest.update(f"{file.relative_to(CHECKOUT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
