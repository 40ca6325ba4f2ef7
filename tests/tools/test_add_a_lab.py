"""The page on adding a lab is followed in a copy of the repository: what it says to run is run, what it shows is compared."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from nexus.bootstrap import source_folders
from nexus.processes import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs/how-to/add-a-lab.md"
CONSOLE = re.compile(r"(?<!-->\n)^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACES = re.compile(r'"(lab_rest|rest_playground|rest_checks|labs/rest(?:/\w+)?)"')
PAGES = {"concepts/rest.md": "concepts/retry-after.md", "labs/rest.md": "labs/retry.md"}
PAGES |= {"reference/lab_rest.md": "reference/lab_retry.md"}
PYTHON = [sys.executable, "-P", "-m"]
SERVICES = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
if "DATABASE_URL" in SERVICES:  # the suite's own database is never made
    SERVICES["DATABASE_URL"] = urlsplit(SERVICES["DATABASE_URL"])._replace(path="/postgres").geturl()
OURS = {"./nexus", "pytest", "ruff"}
NOTICED = "pytest -q -p no:django tests/repository/test_labs_are_listed.py"
HUB_TESTS = "pytest -q -p no:django tests/docs/test_pages.py -k 'retry or generated or the_map_names'"
LINT_IMPORTS = shlex.join([str(Path(sys.executable).with_name("lint-imports")), "--no-logo"])


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield each command of the page with the lines that it shows of what was printed."""
    for block in CONSOLE.findall(PAGE.read_text()):
        for one in block.split("$ ")[1:]:
            command, *shown = one.splitlines()
            yield command, shown


def give_it_the_places_that_rest_has(copy: Path) -> None:
    """Do by hand what section 7 says."""
    settings, hub = copy / "pyproject.toml", copy / "mkdocs.yml"
    lines = settings.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith('layers = ["config"'):
            lines[number] = re.sub(r"\blab_rest\b", "lab_rest | lab_retry", line)
        else:
            lines[number] = PLACES.sub(
                lambda found: f'{found[0]}, "{found[1].replace("rest", "retry")}"', line
            )
    settings.write_text("".join(lines))
    text = hub.read_text().replace("labs/rest/src", "labs/rest/src, labs/retry/src")
    for theirs, ours in PAGES.items():
        text = re.sub(rf"^( +- ){theirs}\n", rf"\g<0>\g<1>{ours}\n", text, flags=re.MULTILINE)
    hub.write_text(text)


@pytest.fixture
def copy(own_folder: Path) -> Path:
    """A copy of what is under version control, itself under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    copy = own_folder / "copy"
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, copy / name)
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=copy, check=True)
    return copy


@pytest.fixture
def run(copy: Path, own_folder: Path) -> Callable[[str], tuple[int, str]]:
    """Return a function that runs a command in the copy; nothing is installed for it."""
    folders = [*source_folders(copy), copy / "labs/retry", copy / "labs/retry/src"]
    environment = {
        **os.environ,
        "PYTEST_ADDOPTS": "-p no:hypothesispytest -p no:schemathesis",  # 2 s for each start, and nothing uses them
        **SERVICES,  # the suite's own: two dozen commands need not start PostgreSQL each
        "PYTHONPATH": os.pathsep.join(map(str, dict.fromkeys(folders))),
        "NEXUS_STATE_DIR": str(own_folder / "state"),
    }

    def run(command: str) -> tuple[int, str]:
        words = shlex.split(command)
        if words[1:3] == ["lab", "start"]:
            words += ["--port", str(free_port())]  # tests beside this one look for the usual port too
        words = [*PYTHON, words[0].removeprefix("./"), *words[1:]] if words[0] in OURS else words
        done = subprocess.run(words, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def squeezed(text: str) -> str:
    """Return a text with each run of blanks as one."""
    return " ".join(text.split())


@pytest.mark.timeout(600)
def test_whoever_follows_the_page_has_a_lab_that_is_proven_listed_and_leaves_nothing_running(
    copy, run, own_folder, nothing_is_left
):
    for command, shown in commands():
        if command == "./nexus test tests/repository/test_labs_are_listed.py":
            assert run(NOTICED)[0] == 1, "a lab that is not listed was not noticed"
            give_it_the_places_that_rest_has(copy)
        code, said = run(command)
        assert code == any(line.startswith("FAILED") for line in shown), f"{command}\n{said}"
        for line in shown:
            assert squeezed(line) in squeezed(said), f"{command}\n{said}"

    for command in (HUB_TESTS, LINT_IMPORTS, "ruff check labs/retry", "ruff format --check labs/retry"):
        code, said = run(command)
        assert code == 0, said
    for text in (copy / "labs/retry/wrong").glob("*.txt"):
        kept = CHECKOUT / "docs/examples/add_a_lab" / text.relative_to(copy)
        assert text.read_text() == kept.read_text(), kept
    nothing_is_left(own_folder)
