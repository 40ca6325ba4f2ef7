"""`python -m nexus`: what ./nexus becomes once `.venv` is there."""

import sys

from nexus.cli import app
from nexus.errors import NexusError, Stopped, UnknownWord
from nexus.processes import stop_on_signals


def main() -> int:
    """Run one command and return its exit code: 0 done · 1 failed · 2 not understood · 128 + n ended by signal n."""
    stop_on_signals()
    try:
        app(prog_name="./nexus")
    except NexusError as error:
        print(f"nexus: {error}", file=sys.stderr)
        return 2 if isinstance(error, UnknownWord) else 1
    except Stopped as stopped:
        return stopped.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
