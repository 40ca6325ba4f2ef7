"""``python -m nexus.drill ACT BROKER [short]``: one act in this process; the last line is its row."""

import sys

from nexus.drill import play
from nexus.errors import NexusError

act, broker, *rest = sys.argv[1:]
try:
    print("\t".join(play(act, broker, short="short" in rest)))
except NexusError as error:
    sys.exit(f"nexus: {error}")
