"""
Record a real `./nexus up` and a few requests to it as `recording.svg`: `.venv/bin/python diagrams/recording.py`.

Every line is what the programs printed, when they printed it; passwords are covered. The picture needs no script: CSS
shows each line at its time and starts again after the last. Who asks for reduced motion sees the end standing still.
"""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, ROWS, LINE_PX, CHARACTER_PX = 104, 30, 16, 7.22
READ_S, LAST_S = 4.0, 6.0  # how long a command's answer stands before the next one; how long the end does
LIMIT_S, LIMIT_BYTES = 60, 150_000
COMMANDS = [
    "curl -s '{api}api/v1/audiobooks/?language=fr' | python3 -m json.tool | grep '^            .title'",
    "curl -si '{api}api/v1/audiobooks/?limit=3' | grep -i ^link",
    "curl -s '{api}api/v1/audiobooks/?ordering=nonsense' | python3 -m json.tool",
]
ROOT_WARNING = "ignore:You're running the worker with superuser"  # where it is recorded in a container
COLOURS = {31: "#f28b82", 32: "#8fd694", 33: "#f4d47c", 34: "#8ab4f8", 35: "#d7aefb", 36: "#7fd6e3"}
COLOUR = re.compile(r"\x1b\[([\d;]*)m")
CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-ln-z]|\x1b[()][AB0]|[\x00-\x08\x0b-\x1a\x1c-\x1f]")
ACCOUNT = re.compile(r"((?:ada|bo|cy|staff) +)(\S{12,})")


@dataclass(frozen=True)
class Line:
    """One line of the terminal, with its colours as escape sequences, and when it was complete."""

    at_s: float
    text: str


def record() -> list[Line]:
    """Run everything and return what was printed, in order."""
    lines = [Line(0.0, "$ ./nexus up")]
    started = time.monotonic()
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONWARNINGS": ROOT_WARNING}
    program = subprocess.Popen(
        [ROOT / "nexus", "up"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    os.close(slave)
    printed = read_lines(master, started)
    try:
        for line in printed:
            lines.append(line)
            if "Ready in" in line.text:
                break
        else:
            sys.exit("./nexus up ended before it was ready:\n" + "\n".join(line.text for line in lines[-10:]))
        lines += answers(api_in(lines), at_s=lines[-1].at_s + READ_S)
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGINT)
        program.wait(timeout=60)
    return lines


def read_lines(terminal: int, started: float) -> Iterator[Line]:
    """Yield each line that a terminal shows, until its last program ends."""
    pending = ""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux's way of saying that nobody holds the other end any more
            return
        if not chunk:
            return
        pending += chunk.decode(errors="replace")
        *complete, pending = pending.split("\n")
        for text in complete:
            yield Line(time.monotonic() - started, covered(CONTROL.sub("", text.replace("\r", ""))))


def covered(text: str) -> str:
    """Return a line with its password covered, and without the path of this checkout."""
    text = text.replace(str(ROOT), ".")
    return ACCOUNT.sub(lambda found: found[1] + "•" * len(found[2]), text)


def api_in(lines: Sequence[Line]) -> str:
    """Return the API's address as `./nexus up` printed it, without its scheme."""
    text = "\n".join(COLOUR.sub("", line.text) for line in lines)
    found = re.search(r"API +http://(\S+/)", text)
    return found[1] if found else sys.exit("./nexus up printed no address of the API.")


def answers(api: str, at_s: float) -> Iterator[Line]:
    """Run each command and yield it with its output, spaced so that it can be read."""
    yield Line(at_s, "$ # in a second terminal")
    for command in (command.format(api=api) for command in COMMANDS):
        yield Line(at_s + 0.6, f"$ {command}")
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602 -- ours
        for text in done.stdout.splitlines():
            yield Line(at_s + 1.0, text)
        at_s += READ_S


def wrapped(lines: Sequence[Line]) -> list[Line]:
    """Break what is wider than the terminal, colours aside."""
    return [
        Line(line.at_s, line.text if len(COLOUR.sub("", line.text)) <= COLUMNS else part)
        for line in lines
        for part in pieces(line.text)
    ]


def pieces(text: str) -> list[str]:
    """Return a line as the terminal would break it; a broken line loses its colours."""
    plain = COLOUR.sub("", text)
    if len(plain) <= COLUMNS:
        return [text]
    return [plain[start : start + COLUMNS] for start in range(0, len(plain), COLUMNS)]


def svg(lines: Sequence[Line]) -> str:
    """Return the recording as an animated picture."""
    total_s = lines[-1].at_s + LAST_S
    width, height = round(COLUMNS * CHARACTER_PX) + 32, ROWS * LINE_PX + 32
    percents = [round(100 * line.at_s / total_s, 2) for line in lines]
    shown = "".join(f"@keyframes l{n}{{{p}%{{opacity:1}}}}" for n, p in enumerate(percents))
    scroll = "".join(
        f"{percent}%{{transform:translateY({-LINE_PX * (n + 1 - ROWS)}px)}}"
        for n, percent in enumerate(percents)
        if n >= ROWS and (n + 1 == len(percents) or percents[n + 1] != percent)
    )
    end_px = -LINE_PX * max(0, len(lines) - ROWS)
    texts = "".join(
        f'<text x="16" y="{28 + LINE_PX * n}" style="animation-name:l{n}">{spans(line.text)}</text>\n'
        for n, line in enumerate(lines)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" \
aria-labelledby="recording-title recording-desc">
<title id="recording-title">./nexus up, {lines[-1].at_s:.0f} seconds in a terminal</title>
<desc id="recording-desc">./nexus up starts PostgreSQL, Valkey, the API, the media process, a worker, a scheduler and \
the hub, and prints their addresses. Three requests follow: French recordings, the Link header of a page, and the \
problem document for an unknown ordering.</desc>
<style>
text{{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#dce6ea;white-space:pre;\
opacity:0;animation:{total_s:.1f}s step-end infinite}}
#screen{{animation:scroll {total_s:.1f}s step-end infinite}}
{shown}
@keyframes scroll{{0%{{transform:none}}{scroll}}}
@media (prefers-reduced-motion:reduce){{text{{opacity:1;animation:none}}\
#screen{{animation:none;transform:translateY({end_px}px)}}}}
</style>
<rect width="100%" height="100%" rx="8" fill="#10191d"/>
<clipPath id="window"><rect x="0" y="12" width="{width}" height="{height - 24}"/></clipPath>
<g clip-path="url(#window)"><g id="screen">
{texts}</g></g>
</svg>
"""


def spans(text: str) -> str:
    """Return a line's text with its colours as SVG."""
    found, colour = [], None
    for index, piece in enumerate(COLOUR.split(text)):
        if index % 2:
            codes = [int(code) for code in piece.split(";") if code]
            colour = next((COLOURS[code % 60] for code in codes if code % 60 in COLOURS), None)
        elif piece:
            found.append(f'<tspan fill="{colour}">{escape(piece)}</tspan>' if colour else escape(piece))
    return "".join(found)


if __name__ == "__main__":
    recorded = wrapped(record())
    if recorded[-1].at_s > LIMIT_S:
        sys.exit(
            f"The recording takes {recorded[-1].at_s:.0f} s, more than {LIMIT_S}: start ./nexus up once, to have it warm."
        )
    picture = svg(recorded)
    if len(picture.encode()) > LIMIT_BYTES:
        sys.exit(f"The picture has {len(picture.encode()):,} bytes, more than {LIMIT_BYTES:,}: print less.")
    (ROOT / "diagrams/recording.svg").write_text(picture)
    print(f"recording.svg: {len(recorded)} lines, {recorded[-1].at_s:.1f} s, {len(picture.encode()):,} bytes")
