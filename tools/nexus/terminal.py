"""How the words of ./nexus look and what they allow, wherever they are written."""

import sys
from typing import Literal

MARKUP: Literal["rich"] | None = "rich" if sys.stdout.isatty() else None  # plain text for a pipe
PORT = {"min": 1, "max": 65535}  # of typer's Option
