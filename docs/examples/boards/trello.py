"""
Make a Trello board of ``trello.json`` by Trello's REST API: ``TRELLO_KEY=… TRELLO_TOKEN=… python trello.py``.

Standard library only. ``--print`` sends nothing and prints the requests, the key and token left out.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

API = "https://api.trello.com/1"
Send = Callable[[str, dict[str, str]], str]


def board_made(template: dict, send: Send) -> None:
    """Send what makes the board; ``send`` gets a path and its parameters and returns the id of what was made."""
    # --8<-- [start:requests]
    board = send("/boards", {"name": template["name"], "defaultLists": "false"})
    for name in reversed(template["lists"]):  # a new list goes to the left of those that are there
        column = send("/lists", {"name": titled(name, template), "idBoard": board})
        for card in template["cards"][name]:
            send("/cards", {"idList": column, **card})
    # --8<-- [end:requests]


def titled(name: str, template: dict) -> str:
    """Return a list's name with how many cards it may hold, where that is limited."""
    limit = template["limits"].get(name)
    return f"{name} (at most {limit})" if limit else name


def printed(path: str, parameters: dict[str, str]) -> str:
    """Print a request instead of sending it."""
    sys.stdout.write(f"POST {path}?{urlencode(parameters)}\n")
    return f"<id of {parameters['name']}>"


def sent(path: str, parameters: dict[str, str]) -> str:
    """Send a request and return the new id."""
    secret = {"key": os.environ["TRELLO_KEY"], "token": os.environ["TRELLO_TOKEN"]}
    request = Request(f"{API}{path}", urlencode(parameters | secret).encode(), method="POST")  # noqa: S310 -- API is https
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)["id"]


if __name__ == "__main__":
    template = json.loads(Path(__file__).with_name("trello.json").read_text())
    board_made(template, printed if "--print" in sys.argv else sent)
