"""`python -m nexus.openapi FILE`: is the committed OpenAPI document what the code says? `--write` makes it so."""

import subprocess
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

from nexus.environment import MANAGE

SHOWN_LINES = 60


def main(arguments: list[str]) -> int:
    """Compare, or write; return the exit code."""
    committed = Path(arguments[-1])
    with tempfile.TemporaryDirectory(prefix="nexus-") as folder:
        fresh = Path(folder) / "openapi.yaml"
        command = [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", str(fresh)]
        if code := subprocess.run(command, check=False).returncode:
            return code
        generated = fresh.read_text()
    if "--write" in arguments:
        committed.write_text(generated)
        return 0
    before = committed.read_text() if committed.exists() else ""
    difference = list(
        unified_diff(before.splitlines(), generated.splitlines(), "committed", "generated", lineterm="")
    )
    if not difference:
        return 0
    print("\n".join(difference[:SHOWN_LINES]))
    print(
        f"\n{committed} differs from the code; `./nexus lint --fix` rewrites it, and the diff is what clients will see."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
