"""
Render every `*.dot` beside this file to SVG with Graphviz: `.venv/bin/python diagrams/render.py` (apt install graphviz).

A source begins with `// title:` and `// desc:`; it names classes, never colours. The colours come from the page an
SVG stands in (`docs/assets/hub.css`) or, where it stands alone, from the reader's light or dark scheme. The rendered
file carries its source's hash: a test tells when one is changed without the other.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LIGHT = {"paper": "#fff", "panel": "#f4f7f8", "ink": "#17262c", "quiet": "#50626a", "line": "#8fa1a9"}
LIGHT |= {"blue": "#d9ecf1", "gold": "#fbeccb", "green": "#dcefdc", "red": "#f6dcd8"}
DARK = {"paper": "#10191d", "panel": "#1c2a31", "ink": "#e6eef1", "quiet": "#aebdc4", "line": "#5c7079"}
DARK |= {"blue": "#17404c", "gold": "#4f3f17", "green": "#1f4527", "red": "#55291f"}
DEFAULTS = [
    "-Gbgcolor=transparent",
    "-Gfontname=sans-serif",
    "-Gfontsize=11",
    "-Gpad=0.15",
    "-Nfontname=sans-serif",
    "-Nfontsize=12",
    "-Nshape=box",
    "-Nstyle=rounded,filled",
    "-Nmargin=0.12,0.08",
    "-Efontname=sans-serif",
    "-Efontsize=10",
    "-Earrowsize=0.7",
]
GRAPHVIZ = re.compile(
    r'viewBox="\S+ \S+ (\S+) (\S+)".*?class="graph" transform="([^"]+)">\n(.*)</g>\n</svg>', re.DOTALL
)
NOISE = re.compile(r'<title>[^<]*</title>\n|<!-- [^\n]* -->\n| font-family="[^"]*"| id="\w+"')
RULES = """
text{fill:var(--ink);font-family:-apple-system,BlinkMacSystemFont,Helvetica,Arial,sans-serif}
.node text:first-of-type{font-weight:600}
.node path,.node polygon{fill:var(--panel);stroke:var(--line)}
.blue path,.blue polygon{fill:var(--blue)}.gold path,.gold polygon{fill:var(--gold)}
.green path,.green polygon{fill:var(--green)}.red path,.red polygon{fill:var(--red)}
.plain path,.plain polygon{fill:none}
.cluster polygon,.cluster path{fill:none;stroke:var(--line);stroke-dasharray:4 3}.cluster text{fill:var(--quiet)}
.edge path{stroke:var(--quiet);stroke-width:1.3}.edge polygon{fill:var(--quiet);stroke:var(--quiet)}
.edge text{fill:var(--quiet)}.thin path{stroke-dasharray:3 3}
"""


def source_hash(source: Path) -> str:
    """Return what the rendered file must carry."""
    return hashlib.sha256(source.read_bytes()).hexdigest()[:16]


def rendered(source: Path) -> str:
    """Return the SVG of a DOT file: self-contained, titled, described, in the colours of where it stands."""
    text = source.read_text()
    title, desc = (_named(text, name, source) for name in ("title", "desc"))
    dot = subprocess.run(["dot", "-Tsvg", *DEFAULTS, source], capture_output=True, text=True, check=False)
    if dot.returncode or dot.stderr:
        sys.exit(f"{source.name}: {dot.stderr}")
    width, height, transform, drawing = GRAPHVIZ.search(dot.stdout).groups()
    drawing = NOISE.sub("", drawing)
    name = source.stem
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nx-{name}" viewBox="0 0 {width} {height}" '
        f'width="{float(width) * 1.25:.0f}" role="img" aria-labelledby="{name}-title {name}-desc">\n'
        f"<!-- made by render.py from {source.name} {source_hash(source)} -->\n"
        f'<title id="{name}-title">{title}</title>\n<desc id="{name}-desc">{desc}</desc>\n'
        f"<style>{_styles(f'.nx-{name}')}</style>\n"
        f'<rect width="100%" height="100%" rx="8" fill="var(--paper)"/>\n'
        f'<g transform="{transform}">\n{drawing}</g>\n</svg>\n'
    )


def _named(text: str, name: str, source: Path) -> str:
    found = re.search(rf"^// {name}: (.+)$", text, re.MULTILINE)
    if not found:
        sys.exit(f'{source.name}: add a line "// {name}: …".')
    return found[1].replace("&", "&amp;").replace("<", "&lt;")


def _styles(scope: str) -> str:
    rules = re.sub(r"(^|[},\n])([.a-z])", lambda m: f"{m[1]}{scope} {m[2]}", RULES.strip())
    return f"{scope}{{{variables(LIGHT)}}}@media(prefers-color-scheme:dark){{{scope}{{{variables(DARK)}}}}}\n{rules}"


def variables(colours: dict[str, str]) -> str:
    """Return colours as custom properties, each the page's own where it has one."""
    return "".join(f"--{name}:var(--nx-{name},{value});" for name, value in colours.items())


if __name__ == "__main__":
    if not shutil.which("dot"):
        sys.exit("Graphviz is missing: apt install graphviz (macOS: brew install graphviz).")
    for source in sorted(HERE.glob("*.dot")):
        source.with_suffix(".svg").write_text(rendered(source))
        print(f"{source.stem}.svg")
