"""
Runs checks, in a process of its own whose import path begins with the part under check.

``python -m nexus.labs.runner [--limit SECONDS] LAB TARGET BASE_URL CHECK…`` prints a line of JSON for each check as it
ends. A check that takes longer than the limit ends the process, whose standard error then says where it stood.
"""

import argparse
import faulthandler
import json
import traceback
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from nexus.labs.checking import Mismatch, checks_of


def part_folder(lab: str) -> Path:
    """Return the folder of the part that is loaded here: the student's, or ours."""
    return Path(str(import_module(f"lab_{lab}").__file__)).resolve().parent


def result_of(
    function: Callable[[Any], None], open_target: Callable[[], object], part: Path
) -> dict[str, str]:
    """Run one check and return how it ended."""
    try:
        function(open_target())
    except Mismatch as mismatch:
        facts = {
            "expected": mismatch.expected,
            "actual": mismatch.actual,
            "see": mismatch.see,
            "why": mismatch.why,
        }
        return {"state": "failed"} | facts
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is the check's result
        frames = traceback.extract_tb(error.__traceback__)
        is_students = any(Path(frame.filename).resolve().is_relative_to(part) for frame in frames)
        said = f"{type(error).__name__}: {error}"
        return {
            "state": "failed" if is_students else "broken",
            "actual": said,
            "traceback": traceback.format_exc(),
        }
    return {"state": "passed"}


def main() -> None:
    """Run the named checks in order."""
    parser = argparse.ArgumentParser(prog="python -m nexus.labs.runner", description=__doc__)
    parser.add_argument("--limit", type=float, default=30, metavar="SECONDS")
    for word in ("lab", "target", "base_url"):
        parser.add_argument(word)
    parser.add_argument("names", nargs="+", metavar="check")
    asked = parser.parse_args()
    part, functions = part_folder(asked.lab), checks_of(asked.lab)
    print(json.dumps({"part": str(part)}), flush=True)
    targets = import_module(f"{asked.lab}_checks.targets")
    open_target = cache(lambda: getattr(targets, asked.target)(asked.base_url))
    for name in asked.names:
        faulthandler.dump_traceback_later(asked.limit, exit=True)
        result = {"check": name, "asks": functions[name].asks}  # type: ignore[attr-defined]
        print(json.dumps(result | result_of(functions[name], open_target, part)), flush=True)
        faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
