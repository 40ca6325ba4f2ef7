"""
Runs checks, in a process of its own whose import path begins with the part under check.

``python -m nexus.labs.runner LAB TARGET BASE_URL CHECK…`` prints a line of JSON for each check as it ends. A check that
takes longer than its limit ends the process, whose standard error then says where it stood.
"""

import faulthandler
import json
import sys
import traceback
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from nexus.labs.checking import Mismatch, checks_of

LIMIT_S = 30


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


def main(lab: str, target: str, base_url: str, *names: str) -> None:
    """Run the named checks in order."""
    part, functions = part_folder(lab), checks_of(lab)
    print(json.dumps({"part": str(part)}), flush=True)
    open_target = cache(lambda: getattr(import_module(f"{lab}_checks.targets"), target)(base_url))
    for name in names:
        faulthandler.dump_traceback_later(LIMIT_S, exit=True)
        result = {"check": name, "asks": functions[name].asks}  # type: ignore[attr-defined]
        print(json.dumps(result | result_of(functions[name], open_target, part)), flush=True)
        faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main(*sys.argv[1:])
