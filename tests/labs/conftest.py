"""A lab of two steps, made anew for each test: its manifest, its part and its checks, without a playground."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nexus.labs.checker import Bench
from nexus.labs.manifest import Lab, read_lab
from nexus.labs.playground import with_part_first

MANIFEST = """\
id = "tiny"
title = "Tiny"
question = "How large can a small thing be?"
concepts = ["rest"]
capstone = ["capstone/config/errors.py::exception_handler"]
prerequisites = []
minutes = { value = 5, kind = "estimate" }
outcomes = ["You double 1 number."]
out_of_scope = []
services = []

[[step]]
id = "doubling"
title = "Double a number"
regions = ["double"]
checks = ["twice_two_is_four"]
hints = ["Add it.", "To itself.", "n + n"]
why = "A half is not enough."
concept = "rest.md"

[[step]]
id = "halving"
title = "Halve a number"
regions = ["half", "quarter"]
checks = ["half_of_four_is_two", "a_quarter_of_four_is_one"]
hints = ["Take a part.", "Two of them.", "n / 2"]
why = "A whole is too much."
concept = "rest.md#the-problem"
"""
NUMBERS = '''\
"""Numbers."""


def double(n):
    """Return n twice."""
    # --8<-- [start:double]
    return n + n
    # --8<-- [end:double]


def sign(n):
    # --8<-- [start:for-a-page-only]
    return n > 0
    # --8<-- [end:for-a-page-only]
'''
PARTS = '''\
"""Parts of numbers."""

from lab_tiny.numbers import double


def half(n):
    """Return half of n."""
    # --8<-- [start:half]
    return n / double(1)
    # --8<-- [end:half]


def quarter(n):
    """Return a quarter of n."""
    if n:
        # --8<-- [start:quarter]
        n = half(n)
        # --8<-- [end:quarter]
    return half(n)
'''
CHECKS = '''\
"""Checks through the part itself."""

from lab_tiny import numbers, parts
from nexus.labs.checking import Mismatch, check


@check("Twice two is four.")
def twice_two_is_four(target):
    if (got := numbers.double(2)) != 4:
        raise Mismatch("4", str(got), "python -c 'from lab_tiny import numbers; print(numbers.double(2))'")


@check("Half of four is two.")
def half_of_four_is_two(target):
    if (got := parts.half(4)) != 2:
        raise Mismatch("2", str(got), "python")


@check("A quarter of four is one.")
def a_quarter_of_four_is_one(target):
    if (got := parts.quarter(4)) != 1:
        raise Mismatch("1", str(got), "python")
'''


@pytest.fixture
def write_lab(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the lab, whose manifest's words may be replaced ({old: new}), and returns its folder."""

    def write(replaced: dict[str, str] | None = None) -> Path:
        folder, text = tmp_path / "labs/tiny", MANIFEST
        for old, new in (replaced or {}).items():
            assert old in text
            text = text.replace(old, new)
        for name, content in {
            "lab.toml": text,
            "src/lab_tiny/__init__.py": '"""The part."""\n',
            "src/lab_tiny/numbers.py": NUMBERS,
            "src/lab_tiny/parts.py": PARTS,
            "tiny_checks/__init__.py": '"""Checks."""\n',
            "tiny_checks/targets.py": '"""No site."""\n\n\ndef playground(base_url):\n    return base_url\n',
            "tiny_checks/arithmetic.py": CHECKS,
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        return folder

    return write


@pytest.fixture
def lab(write_lab: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The lab, with a work folder of its own."""
    monkeypatch.setenv("NEXUS_WORK_DIR", str(tmp_path / "work"))
    return read_lab(write_lab() / "lab.toml")


@pytest.fixture
def bench(lab: Lab) -> Callable[[Path], Bench]:
    """Return a function from a part to where its checks run."""

    def on(part: Path) -> Bench:
        path = {
            "PYTHONPATH": str(lab.folder),
            "PATH": str(Path(sys.executable).parent),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return Bench(part, with_part_first(path, part), "http://127.0.0.1:9")

    return on
