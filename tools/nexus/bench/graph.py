"""
The graph's list against REST's: the same 20 recordings, with all that a card shows, from the same place in the catalogue.

``python -m nexus.bench.graph ROUNDS PAGES`` prints a line of JSON for each round. Both are asked in this process, through
WSGI, without a cache of answers: each request begins at another row. ``DATABASE_URL`` and ``REDIS_URL`` say where.
"""

import io
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.core.management import call_command

LIMIT = 20
CARD = """id title subtitle language isAbridged releasedOn durationMs access status book {id title}
authors {id name} narrators {id name} genres {slug name parent} series {sequence label series {id name}}
cover {sha256 description images {widthPx url}} rating {count overall performance story histogram}"""
DOCUMENT = f"query ($after: String) {{audiobooks(first: {LIMIT}, after: $after) {{nodes {{{CARD}}} pageInfo {{endCursor}}}}}}"
Application = Callable[..., Any]


def set_up(audiobooks: int) -> Application:
    """Set the capstone up on an empty database, fill it, and return its application."""
    os.environ |= {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "localhost",
        "BEHIND_HTTPS": "0",
        "API_REQUESTS_PER_MINUTE": "10000000",
        "LOG_LEVEL": "ERROR",
    }
    django.setup()
    call_command("migrate", verbosity=0)
    size = {"audiobooks": audiobooks, "users": 20, "positions": 20, "events": 40, "seed": 42}
    call_command("seed_scale", **size, labels=Path(os.devnull), stdout=io.StringIO())
    from config.wsgi import application  # noqa: PLC0415 -- after Django is set up

    return application


def asked(application: Application, path: str, body: bytes = b"") -> Any:
    """Send one request; return the JSON of its answer, which must be a 200."""
    address = urlsplit(path)
    environ = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json" if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []
    response = application(environ, lambda status, headers: statuses.append(status))
    content = b"".join(response)
    response.close()
    if statuses != ["200 OK"]:
        raise SystemExit(f"{path}: {statuses}: {content[:500]!r}")
    return content


def by_rest(application: Application, url: str) -> Any:
    """Ask REST for a page."""
    return asked(application, url)


def by_graph(application: Application, after: str | None) -> Any:
    """Ask the graph for a page."""
    members = {"query": DOCUMENT, "variables": {"after": after}}
    return asked(application, "/graphql/", json.dumps(members).encode())


def places(application: Application, pages: int) -> tuple[list[str], list[str | None]]:
    """Return where each page begins, for REST and for the graph; both must show the same recordings."""
    url, after = f"/api/v1/audiobooks/?limit={LIMIT}", None
    urls: list[str] = []
    cursors: list[str | None] = []
    for _ in range(pages):
        urls.append(url)
        cursors.append(after)
        rest, graph = json.loads(by_rest(application, url)), json.loads(by_graph(application, after))
        found = graph["data"]["audiobooks"]
        if [one["id"] for one in rest["results"]] != [one["id"] for one in found["nodes"]]:
            raise SystemExit(f"{url}: REST and the graph show different recordings")
        url, after = rest["next"].removeprefix("http://localhost"), found["pageInfo"]["endCursor"]
    return urls[1:], cursors[1:]  # the first page may be kept


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Return how long work took: by the clock, and of this process's processor time."""
    clock_s, processor_s = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - clock_s, "cpu_s": time.process_time() - processor_s}


def main(rounds: int, pages: int) -> None:
    """Print each round; one before them is not counted: statements are prepared in it."""
    application = set_up(2 * (pages + 2) * LIMIT)  # not all of them are for strangers
    urls, cursors = places(application, pages + 1)
    ways: list[tuple[str, Callable[[], object]]] = [
        ("rest", lambda: [by_rest(application, url) for url in urls]),
        ("graph", lambda: [by_graph(application, after) for after in cursors]),
    ]
    for number in range(rounds + 1):
        found = {way: timed(work) for way, work in (ways if number % 2 else reversed(ways))}
        if number:
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
