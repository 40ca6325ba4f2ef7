"""How tables look as SVG; `erd.py` says which there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from render import DARK, LIGHT, source_hash, variables

ROW, HEAD, WIDE, FOOT = 17, 24, 226, 15  # px


@dataclass(frozen=True)
class Table:
    """A table: its columns as ``mark|name|type``, what it refuses, and to which tables its foreign keys lead."""

    name: str
    rows: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str, str], ...] = ()  # column, table, how many here, must or may there

    @property
    def height(self) -> int:
        """In px."""
        return HEAD + ROW * len(self.rows) + FOOT * len(self.refuses) + 6 * bool(self.rows)


Figure = dict[str, Table]
Places = dict[str, tuple[int, int]]
RULES = """
text{fill:var(--ink);font:11px -apple-system,BlinkMacSystemFont,Helvetica,Arial,sans-serif}
.h{font-weight:600;font-size:12px}.q{fill:var(--quiet)}.k{fill:var(--quiet);font-size:9px}
.b{fill:var(--panel);stroke:var(--line)}.t{fill:var(--blue)}.a{fill:none;stroke:var(--line);stroke-dasharray:4 3}
.e{fill:none;stroke:var(--quiet);stroke-width:1.2}
"""


def svg(file: Path, figure: Figure, places: Places) -> str:
    """Return the SVG of a draw.io file that says this, in the colours of the page it stands in."""
    name = file.stem
    width = max(x for x, _ in places.values()) + WIDE + 24
    height = max(places[table.name][1] + table.height for table in figure.values()) + 8
    scope = f".nx-{name}"
    rules = "".join(
        f"{scope} {rule}" for rule in RULES.strip().replace("}.", "}\n.").splitlines(keepends=True)
    )
    colours = (
        f"{scope}{{{variables(LIGHT)}}}@media(prefers-color-scheme:dark){{{scope}{{{variables(DARK)}}}}}"
    )
    parts = [line for table in figure.values() for line in edges(table, figure, places)]
    parts += [line for table in figure.values() for line in box_lines(table, places[table.name])]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="nx-{name} nx-erd" viewBox="0 0 {width} {height}" '
            f'width="{width}" role="img" aria-labelledby="{name}-title {name}-desc">',
            f"<!-- made by erd.py from {file.name} {source_hash(file)} -->",
            f'<title id="{name}-title">Tables: {name.removeprefix("erd-")}</title>',
            f'<desc id="{name}-desc">{escape(" ".join(sentences(figure)))}</desc>',
            f"<style>{colours}\n{rules}</style>",
            *parts,
            "</svg>\n",
        ]
    )


def sentences(figure: Figure) -> Iterator[str]:
    """Yield the drawing in words: a sentence for each table."""
    for table in figure.values():
        if table.rows:
            columns = ", ".join(row.split("|")[1] for row in table.rows)
            leads = "; ".join(f"{column} leads to {other}" for column, other, _, _ in table.links)
            yield f"{table.name} has {columns}{f'; {leads}' if leads else ''}."


def box_lines(table: Table, at: tuple[int, int]) -> Iterator[str]:
    """Yield a table's box."""
    x, y = at
    if not table.rows:
        yield f'<rect class="a" x="{x}" y="{y}" width="{WIDE}" height="{HEAD}" rx="4"/>'
        yield text(x + 8, y + 16, table.name, "q")
        return
    yield f'<rect class="b" x="{x}" y="{y}" width="{WIDE}" height="{table.height}" rx="4"/>'
    yield f'<rect class="t" x="{x + 1}" y="{y + 1}" width="{WIDE - 2}" height="{HEAD - 2}" rx="3"/>'
    yield text(x + 8, y + 16, table.name, "h")
    y += HEAD
    for row in table.rows:
        mark, column, kind = row.split("|")
        yield text(x + 8, y + 13, mark, "k") + text(x + 28, y + 13, column)
        yield text(x + WIDE - 8, y + 13, kind, "q", ' text-anchor="end"')
        y += ROW
    for number, refused in enumerate(table.refuses):
        yield text(x + 8, y + 13 + FOOT * number, refused, "k")


def text(x: int, y: int, words: str, kind: str = "", more: str = "") -> str:
    """Return a line of text."""
    return f'<text{f" class={kind!r}" if kind else ""} x="{x}" y="{y}"{more}>{escape(words)}</text>'.replace(
        "'", '"'
    )


def edges(table: Table, figure: Figure, places: Places) -> Iterator[str]:
    """Yield a table's foreign keys: from the row to the side of the other box that is nearer."""
    x, y = places[table.name]
    columns = [row.split("|")[1] for row in table.rows]
    by_height = sorted(figure, key=lambda name: places[name][1])
    for column, other, here, there in table.links:
        lane = 13 + 5 * (by_height.index(other) % 3)  # lines to different tables do not lie on each other
        from_y = y + HEAD + ROW * columns.index(column) + ROW // 2
        other_x, other_y = places[other]
        to_y = other_y + HEAD // 2
        if other_x + WIDE <= x:  # it stands to the left
            start, end, side, back = x, other_x + WIDE, -1, 1
        elif other_x >= x + WIDE:
            start, end, side, back = x + WIDE, other_x, 1, -1
        else:  # above, below, or the same box
            start, end, side, back = x, other_x, -1, -1
        middle = end + lane * back
        yield f'<path class="e" d="M{start} {from_y}H{middle}V{to_y}H{end}"/>'
        yield f'<path class="e" d="{foot(start, from_y, side, here)}{foot(end, to_y, back, there)}"/>'


def foot(x: int, y: int, away: int, how_many: str) -> str:
    """Return the end of a line: three toes for many, a bar for one, a ring and a bar for none or one."""
    if how_many == "many":
        return f"M{x} {y - 5}L{x + 8 * away} {y}L{x} {y + 5}"
    bar = f"M{x + 6 * away} {y - 5}V{y + 5}"
    return (
        bar
        if how_many == "must"
        else f"{bar}M{x + 9 * away} {y}a3 3 0 1 0 {6 * away} 0a3 3 0 1 0 {-6 * away} 0"
    )
