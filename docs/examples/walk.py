"""Walk a paged list: `python walk.py 'http://127.0.0.1:8000/api/v1/audiobooks/?language=fr'` prints each result."""

import json
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen


# --8<-- [start:walk]
def walk(address: str | None) -> Iterator[dict[str, Any]]:
    """Yield every result of a list, page after page."""
    while address:
        with urlopen(address) as response:  # noqa: S310 -- the caller's own address
            page = json.load(response)
        yield from page["results"]
        address = page["next"]


# --8<-- [end:walk]

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python walk.py <address of a list>")
    try:
        for result in walk(sys.argv[1]):
            sys.stdout.write(json.dumps(result) + "\n")
    except HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['status']} {problem['type']}: {problem['detail']}")
