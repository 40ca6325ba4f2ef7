"""
Drawings of what benches measured: a line for each ratio, from the smallest to the largest round, with its bar and its goal.

Made of the recorded rounds (`docs/transcripts/bench-*.json`), included in pages: so colours follow the page's scheme. They
are as wide as a telephone, and larger elsewhere.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nexus.markdown import DOCS

RECORDS = DOCS / "transcripts"
DRAWN = {
    "reads": "How fast each way of reading is against its yardstick",
    "growth": "What an answer of many rows takes against one of few",
}
WIDTH, MARGIN, TOP, ROW = 360, 12, 26, 34  # units: at a width of 360 pixels, one each
TICKS = [step * 10.0**power for power in range(-4, 3) for step in (1, 2, 5)]
STYLE = (
    ".nx-plot{--ink:var(--nx-ink,#17262c);--quiet:var(--nx-quiet,#50626a);--line:var(--nx-line,#8fa1a9)}"
    ".nx-plot text{font:11px var(--md-text-font-family,sans-serif);fill:var(--ink)}.nx-plot .q{fill:var(--quiet);font-size:10px}"
    ".nx-plot .e{text-anchor:end}.nx-plot .m{text-anchor:middle}.nx-plot path{stroke:var(--ink);fill:none}"
    ".nx-plot .g{stroke:var(--line);stroke-width:.5}.nx-plot .w{stroke-width:2}.nx-plot circle{fill:var(--ink)}"
)
Result = Mapping[str, Any]


def files() -> dict[Path, str]:
    """Return the drawing of each bench that is recorded, by its file."""
    return {drawing_of(name): drawing(name, results_of(name)) for name in DRAWN if record_of(name).exists()}


def record_of(name: str) -> Path:
    """Return where a bench's rounds are recorded."""
    return RECORDS / f"bench-{name}.json"


def drawing_of(name: str) -> Path:
    """Return where a bench's drawing lies."""
    return RECORDS / f"plot-{name}.svg"


def included(name: str) -> str:
    """Return what a page says to show a bench's drawing."""
    return f'<figure class="nx" markdown="0"><div tabindex="0">\n--8<-- "{drawing_of(name).relative_to(DOCS.parent)}"\n</div></figure>'


def results_of(name: str) -> list[Result]:
    """Return what a bench measured."""
    found: list[Result] = json.loads(record_of(name).read_text())["results"]
    return found


def drawing(name: str, results: Sequence[Result]) -> str:
    """Return the SVG of a bench."""
    low, high = bounds(results)
    height = TOP + ROW * len(results) + 30
    marks = f"nx-plot-{name}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nx-plot" viewBox="0 0 {WIDTH} {height}" width="560" role="img" '
        f'aria-labelledby="{marks}-title {marks}-desc">',
        f'<title id="{marks}-title">{DRAWN[name]}</title>',
        f'<desc id="{marks}-desc">{" ".join(map(sentence, results))}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="q" x="{MARGIN}" y="12">● median, ─ smallest to largest round, │ bar, ▽ goal; more is faster</text>',
        *axis(low, high, height),
    ]
    for number, result in enumerate(results):
        lines += row(result, TOP + ROW * number, low, high)
    return "\n".join([*lines, "</svg>", ""])


def bounds(results: Sequence[Result]) -> tuple[float, float]:
    """Return the ends of the axis: marks that have all that is drawn between them."""
    drawn = [1.0]
    for result in results:
        drawn += [*result["ratios"], *(limit for limit in limits(result) if limit)]
    low = max((tick for tick in TICKS if tick <= min(drawn)), default=TICKS[0])
    return low, min((tick for tick in TICKS if tick >= max(drawn)), default=TICKS[-1])


def limits(result: Result) -> tuple[float | None, float | None]:
    """Return a ratio's bar and goal."""
    return result["goal"]["bar"], result["goal"]["goal"]


def across(ratio: float, low: float, high: float) -> str:
    """Return where a ratio stands: twice as much is as far everywhere."""
    part = math.log(max(ratio, low) / low) / math.log(high / low)
    return f"{MARGIN + part * (WIDTH - 2 * MARGIN):.1f}"


def axis(low: float, high: float, height: int) -> Iterator[str]:
    """Yield the lines of the scale: as many as there is room for, and that of 1."""
    inside = [tick for tick in TICKS if low <= tick <= high]
    shown = inside if len(inside) < 10 else [tick for tick in inside if math.log10(tick).is_integer()]
    for tick in shown:
        x = across(tick, low, high)
        yield f'<path class="g" d="M{x} {TOP - 4}V{height - 22}"/><text class="q m" x="{x}" y="{height - 8}">{tick:g}</text>'


def row(result: Result, top: int, low: float, high: float) -> Iterator[str]:
    """Yield a ratio's name, its median, and its line."""
    at = [
        across(ratio, low, high) for ratio in (min(result["ratios"]), result["median"], max(result["ratios"]))
    ]
    y, (bar, goal) = top + 24, limits(result)
    yield f'<text x="{MARGIN}" y="{top + 14}">{name_of(result)}</text>'
    yield f'<text class="e" x="{WIDTH - MARGIN}" y="{top + 14}">{told_ratio(result["median"])}</text>'
    yield f'<path class="w" d="M{at[0]} {y}H{at[2]}"/><circle cx="{at[1]}" cy="{y}" r="3.5"/>'
    if bar:
        yield f'<path d="M{across(bar, low, high)} {y - 6}v12"/>'
    if goal:
        yield f'<path d="M{across(goal, low, high)} {y + 1}l-4 -7h8z"/>'


def name_of(result: Result) -> str:
    """Return what is compared with what."""
    return f"{result['goal']['way']} ÷ {result['goal']['yardstick']}"


def sentence(result: Result) -> str:
    """Return a ratio in words, for who does not see the drawing."""
    spread = f"{told_ratio(min(result['ratios']))} to {told_ratio(max(result['ratios']))}"
    words = [
        f"{word} {told_ratio(limit)}"
        for word, limit in zip(("bar", "goal"), limits(result), strict=True)
        if limit
    ]
    return f"{name_of(result)}: {told_ratio(result['median'])} ({', '.join([spread, *words])})."


def told_ratio(value: float) -> str:
    """Return a ratio with two digits that count, and never with an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"
