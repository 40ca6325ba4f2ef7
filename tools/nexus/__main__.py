"""`python -m nexus`: what ./nexus becomes once `.venv` is there."""

import errno
import sys

from nexus.errors import NexusError, Stopped, UnknownWord
from nexus.processes import stop_on_signals
from nexus.services import CHECKOUT

NOT_OUR_FAULT = {
    errno.ENOSPC: "free some space and start again",
    errno.EACCES: "make it writable, or set NEXUS_STATE_DIR to a folder that is",
    errno.EPERM: "make it writable, or set NEXUS_STATE_DIR to a folder that is",
    errno.EROFS: "set NEXUS_STATE_DIR to a folder that can be written",
}


def main() -> int:
    """Run one command and return its exit code: 0 done · 1 failed · 2 not understood · 128 + n ended by signal n."""
    stop_on_signals()
    try:
        from nexus.cli import app  # noqa: PLC0415 -- with every package; one may be missing

        app(prog_name="./nexus")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("nexus"):
            raise
        print(f"nexus: .venv lacks {error.name}: ./nexus lab installs what is locked.", file=sys.stderr)
        return 1
    except NexusError as error:
        print(f"nexus: {error}", file=sys.stderr)
        return 2 if isinstance(error, UnknownWord) else 1
    except OSError as error:
        if error.errno not in NOT_OUR_FAULT:
            raise
        print(
            f"nexus: {error.strerror}: {error.filename or CHECKOUT}; {NOT_OUR_FAULT[error.errno]}.",
            file=sys.stderr,
        )
        return 1
    except Stopped as stopped:
        return stopped.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
