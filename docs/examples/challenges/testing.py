"""One real function, broken in eight ways: which suite of tests notices which."""

import ast
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType

import stage
from hypothesis import given, seed, settings
from hypothesis import strategies as st

stage.begin()

SOURCE = Path(find_spec("audiobooks.media.ranges").origin)
# --8<-- [start:broken]
BROKEN = {
    "the last byte is left out": ("int(last) + 1", "int(last)"),
    "the end of the file is not minded": ("min(size_bytes, int(last) + 1)", "int(last) + 1"),
    "a suffix may begin before the file": (
        'max(0, size_bytes - int(match["suffix"]))',
        'size_bytes - int(match["suffix"])',
    ),
    "beyond the end is an empty answer": (
        "ranges[0].start >= ranges[0].end",
        "ranges[0].start > ranges[0].end",
    ),
    "of several ranges the first is taken": ("len(ranges) > 1", "len(ranges) > 99"),
    "the unit is read by its case": ("unit.lower()", "unit"),
    "digits of any script are digits": ("[0-9]", r"\d"),
    "a range may end before it begins": ("int(last) < first", "int(last) < first - 1"),
}
# --8<-- [end:broken]
Suite = Callable[[ModuleType], None]


# --8<-- [start:it-runs]
def it_runs(ranges: ModuleType) -> None:
    """Call it so that each line is run once, and assert nothing."""
    for header in (None, "items=0-1", "bytes=0-1,2-3", "bytes=-5", "bytes=0-1"):
        ranges.requested_range(header, 1000)
    for header in ("bytes=" + "0" * 300, "bytes=", "bytes=2000-", "bytes=x", "bytes=9-1"):
        try:
            ranges.requested_range(header, 1000)
        except ranges.RangeRefused:
            pass


# --8<-- [end:it-runs]


def examples(ranges: ModuleType) -> None:
    """Compare three answers that come to mind."""
    assert ranges.requested_range("bytes=0-499", 1000) == ranges.ByteRange(0, 500)
    assert ranges.requested_range("bytes=500-", 1000) == ranges.ByteRange(500, 1000)
    assert ranges.requested_range("bytes=-200", 1000) == ranges.ByteRange(800, 1000)


# --8<-- [start:properties]
def properties(ranges: ModuleType) -> None:
    """Compare with what RFC 9110, section 14.1.2 says, byte by byte, for whatever numbers."""

    @seed(1)
    @settings(max_examples=100, database=None, deadline=None)
    @given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20))
    def one_range(first: int, last: int, size: int) -> None:
        asked = {byte for byte in range(size) if first <= byte <= last}
        assert answered(ranges, f"bytes={first}-{last}", size) == asked
        assert answered(ranges, f"bytes=-{last}", size) == set(range(max(0, size - last), size))

    one_range()


# --8<-- [end:properties]


def answered(ranges: ModuleType, header: str, size: int) -> set[int]:
    """Return the bytes that an answer would hold; none where the range is refused."""
    try:
        found = ranges.requested_range(header, size)
    except ranges.RangeRefused:
        return set()
    assert found is None or found.start < found.end, "an answer of no byte"
    return set(range(found.start, found.end)) if found else set(range(size))


def corners(ranges: ModuleType) -> None:
    """Ask what the RFC says beside the arithmetic: sections 14.1, 14.1.1 and 14.2."""
    assert ranges.requested_range("BYTES=0-0", 1000) == ranges.ByteRange(0, 1)
    assert ranges.requested_range("bytes=0-0,5-9", 1000) is None
    assert answered(ranges, "bytes=٣-٤", 1000) == set()
    try:
        ranges.requested_range("bytes=9-8", 1000)
    except ranges.RangeRefused as refused:
        assert "ends before it begins" in str(refused)


SUITES: dict[str, tuple[Suite, ...]] = {
    "it runs": (it_runs,),
    "examples": (examples,),
    "properties": (properties,),
    "and corners": (properties, corners),
}


def loaded(old: str = "", new: str = "") -> ModuleType:
    """Return the module, with one change to its source."""
    text = SOURCE.read_text()
    assert not old or old in text, old
    module = ModuleType("ranges")
    sys.modules["ranges"] = module  # dataclasses look it up
    exec(compile(text.replace(old, new) if old else text, "ranges", "exec"), module.__dict__)  # noqa: S102 -- our own
    return module


def notices(suites: Iterable[Suite], ranges: ModuleType) -> bool:
    """Tell whether any of the suites fails."""
    try:
        for suite in suites:
            suite(ranges)
    except Exception:  # noqa: BLE001 -- however it fails, it has noticed
        return True
    return False


def statements() -> list[set[int]]:
    """Return the lines of each statement of the module's functions; of a compound one, those of its head."""
    found = []
    for function in [
        node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.FunctionDef)
    ]:
        for node in ast.walk(function):
            if isinstance(node, ast.stmt) and node is not function and not is_docstring(node):
                body = getattr(node, "body", None)
                found.append(set(range(node.lineno, body[0].lineno if body else node.end_lineno + 1)))
    return found


def is_docstring(node: ast.stmt) -> bool:
    """Tell whether a statement is a text alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def percent_run(suites: Iterable[Suite]) -> str:
    """Return how many of the statements of the module's functions the suites run."""
    ranges, ran = loaded(), set()
    codes = [value.__code__ for value in vars(ranges).values() if isinstance(value, FunctionType)]

    def trace(frame, _event, _argument):
        if frame.f_code in codes:
            ran.add(frame.f_lineno)
            return trace
        return None

    sys.settrace(trace)
    try:
        notices(suites, ranges)
    finally:
        sys.settrace(None)
    every = statements()
    return f"{100 * sum(bool(lines & ran) for lines in every) // len(every)} %"


def main() -> None:
    """Try each suite on the sound function, then on each broken one."""
    rows = [("sound", *("red" if notices(suites, loaded()) else "green" for suites in SUITES.values()))]
    found = {
        name: [notices(suites, loaded(*change)) for suites in SUITES.values()]
        for name, change in BROKEN.items()
    }
    rows += [(name, *("red" if seen else "green" for seen in each)) for name, each in found.items()]
    stage.table(["the function", *SUITES], rows)
    noticed = [f"{sum(column)} of {len(BROKEN)}" for column in zip(*found.values(), strict=True)]
    stage.table(
        ["", *SUITES],
        [
            ("statements run", *(percent_run(suites) for suites in SUITES.values())),
            ("faults noticed", *noticed),
        ],
    )


main()
