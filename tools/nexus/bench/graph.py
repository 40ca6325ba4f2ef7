"""
The graph's list against REST's: the same 20 recordings, with all that a card shows, from the same place in the catalogue.

``python -m nexus.bench.graph ROUNDS PAGES [--peers]`` prints a line of JSON for each round. All are asked in this process,
through WSGI, without a cache of answers: each request begins at another row. ``naive`` is the same SDL with a resolver for
each field; ``--peers`` asks strawberry-django too. ``DATABASE_URL`` and ``REDIS_URL`` say where.
"""

import io
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.core.management import call_command

LIMIT = 20
CARD = """id title subtitle language isAbridged releasedOn durationMs access status book {id title}
authors {id name} narrators {id name} genres {slug name parent} series {sequence label series {id name}}
cover {sha256 description images {widthPx url}} rating {count overall performance story histogram}"""
NODES = f"query ($after: String) {{audiobooks(first: {LIMIT}, after: $after) {{nodes {{{CARD}}} pageInfo {{endCursor}}}}}}"
EDGES = NODES.replace(f"nodes {{{CARD}}}", f"edges {{node {{{CARD}}}}}")
GRAPHS = {
    "graph": ("/graphql/", NODES),
    "naive": ("/peers/naive/", NODES),
    "strawberry": ("/peers/strawberry/", EDGES),
}
Application = Callable[..., Any]


def set_up(audiobooks: int, urls: str) -> Application:
    """Set the capstone up on an empty database, fill it, and return its application."""
    os.environ |= {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ROOT_URLCONF": urls,
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
    content = b"".join(application(environ, lambda status, headers: statuses.append(status)))
    if statuses != ["200 OK"]:
        raise SystemExit(f"{path}: {statuses}: {content[:500]!r}")
    return content


def by_graph(application: Application, way: str, after: str | None) -> Any:
    """Ask a graph for a page."""
    path, document = GRAPHS[way]
    return asked(application, path, json.dumps({"query": document, "variables": {"after": after}}).encode())


def all_by_graph(application: Application, way: str, starts: Sequence[str | None]) -> None:
    """Ask a graph for pages."""
    for after in starts:
        by_graph(application, way, after)


def page_of(answer: bytes) -> tuple[list[dict[str, Any]], str]:
    """Return a graph's recordings, and where the next page begins. Ends the program where it answers errors."""
    told = json.loads(answer)
    if "errors" in told:
        raise SystemExit(f"a graph answers errors: {told['errors'][:2]}")
    found = told["data"]["audiobooks"]
    nodes = found["nodes"] if "nodes" in found else [edge["node"] for edge in found["edges"]]
    return nodes, found["pageInfo"]["endCursor"]


def places(
    application: Application, ways: Sequence[str], pages: int
) -> tuple[list[str], dict[str, list[str | None]]]:
    """Return where each page begins, for REST and for each graph. Ends the program where they show different things."""
    urls = [f"/api/v1/audiobooks/?limit={LIMIT}"]
    cursors: dict[str, list[str | None]] = {way: [None] for way in ways}
    for _ in range(pages):
        rest = json.loads(asked(application, urls[-1]))
        shown = {}
        for way, starts in cursors.items():
            shown[way], end = page_of(by_graph(application, way, starts[-1]))
            starts.append(end)
        same(rest["results"], shown)
        urls.append(rest["next"].removeprefix("http://localhost"))
    return urls[1:], {way: starts[1:] for way, starts in cursors.items()}  # the first page may be kept


def same(rest: Sequence[Mapping[str, Any]], shown: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Compare a page's recordings: REST's ids, and all that the graphs show. Ends the program where any differ."""
    ours = shown["graph"]
    if [one["id"] for one in rest] != [one["id"] for one in ours]:
        raise SystemExit("REST and the graph show different recordings")
    for way, nodes in shown.items():
        for mine, other in zip(ours, nodes, strict=True):
            if differing := [name for name in mine if mine[name] != other[name]]:
                raise SystemExit(f"{way} differs from the graph in {differing}: {mine} or {other}")


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Return how long work took: by the clock, and of this process's processor time."""
    clock_s, processor_s = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - clock_s, "cpu_s": time.process_time() - processor_s}


def main(rounds: int, pages: int, *, peers: bool) -> None:
    """Print each round; one before them is not counted: statements are prepared in it."""
    graphs = list(GRAPHS) if peers else ["graph", "naive"]
    application = set_up(2 * (pages + 2) * LIMIT, f"nexus.bench.graph_{graphs[-1]}")  # half are for strangers
    urls, cursors = places(application, graphs, pages + 1)
    ways: dict[str, Callable[[], object]] = {"rest": lambda: [asked(application, url) for url in urls]}
    ways |= {way: partial(all_by_graph, application, way, cursors[way]) for way in graphs}
    for number in range(rounds + 1):
        found = {way: timed(ways[way]) for way in (ways if number % 2 else reversed(ways))}
        if number:
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), peers="--peers" in sys.argv)
