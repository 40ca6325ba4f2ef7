"""GraphQL over HTTP (the GraphQL Foundation's draft of 2025): one address, GET for queries, POST of JSON."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from lab_graphql.errors import Refused
from lab_graphql.explorer import explorer_page
from lab_graphql.graph import Asking, Context, Graph, Told

RESPONSE = "application/graphql-response+json"
PLAIN = "application/json"
MEMBERS: Mapping[str, type] = {
    "query": str,
    "documentId": str,
    "operationName": str,
    "variables": dict,
    "extensions": dict,
}


def graph_view(
    graph: Graph, context_for: Callable[[HttpRequest], Context] = Context, *, explorer: str | None = None
) -> Callable[[HttpRequest], HttpResponse]:
    """
    Return the view: ``path("graphql/", graph_view(graph, context_for))``.

    ``context_for(request)`` makes the request's own context; what it raises is answered as an error (a bad token: 401).
    With ``explorer``, the address of GraphiQL's files, a browser's GET without a query is answered with that page. A
    form of another site cannot send ``application/json``, so no CSRF token is asked for; a GET changes nothing.
    """

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        if explorer and request.method == "GET" and not request.GET and _wants_page(request):
            return explorer_page(request, explorer)
        try:
            kind = _media_type(request)
            asking = read_request(request, graph.limits.body_bytes)
            _only_queries(graph, asking, request)
            told = graph.answer(asking, context_for(request))
        except Exception as error:  # noqa: BLE001 -- told as an error of ours, and logged there
            return _response(graph.refusal(error, request), RESPONSE)
        return _response(told, kind)

    return view


def read_request(request: HttpRequest, most: int) -> Asking:
    """Return what is asked for. Raises ``Refused``: 400, 405, 413 (a body of more than ``most`` bytes), 415."""
    # --8<-- [start:read-request]
    if request.method in ("GET", "HEAD"):
        return _asking({**_parameters(request)})
    if request.method != "POST":
        raise Refused(
            "method-not-allowed", "Use POST, or GET for a query.", status=405, headers={"Allow": "GET, POST"}
        )
    if request.content_type != PLAIN:
        told = f"Send {PLAIN}: a browser's form cannot, so no other site can send it in its visitor's name."
        raise Refused("unsupported-media-type", told, status=415, headers={"Accept": PLAIN})
    # --8<-- [end:read-request]
    length = request.headers.get("Content-Length") or "0"
    if int(length) > most or len(body := request.read(most + 1)) > most:
        raise Refused("content-too-large", f"The limit is {most:,} bytes.", status=413)
    return _asking(_decoded(body))


def _decoded(body: bytes | str) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Refused("invalid-request", f"This is not JSON: {error}") from error


def _parameters(request: HttpRequest) -> dict[str, Any]:
    members: dict[str, Any] = dict(request.GET.items())
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = _decoded(members[name].encode("utf-8", "surrogatepass"))
    return members


def _asking(members: Any) -> Asking:
    if isinstance(members, list):
        raise Refused("batch-off", "One request at a time: a batch is one request's limits, many times over.")
    if not isinstance(members, dict):
        raise Refused("invalid-request", "Send a JSON object.")
    for name, value in members.items():
        if name not in MEMBERS:
            raise Refused("invalid-request", f"Unknown member {name[:40]!r}. Known: {', '.join(MEMBERS)}.")
        if value is not None and not isinstance(value, MEMBERS[name]):
            told = "a string" if MEMBERS[name] is str else "an object"
            raise Refused("invalid-request", f"{name}: send {told}.")
    return Asking(
        members.get("query"),
        members.get("documentId"),
        members.get("operationName"),
        members.get("variables") or {},
    )


def _only_queries(graph: Graph, asking: Asking, request: HttpRequest) -> None:
    """Refuse a mutation by GET: links and pictures send GETs in their visitor's name."""
    if request.method == "POST":
        return
    # --8<-- [start:only-queries]
    try:
        is_query = graph.prepared(asking).is_query(asking.operation_name)
    except Exception:  # noqa: BLE001 -- what is wrong with the document, the answer tells
        return
    if not is_query:
        raise Refused("method-not-allowed", "Send a mutation by POST.", status=405, headers={"Allow": "POST"})
    # --8<-- [end:only-queries]


def _media_type(request: HttpRequest) -> str:
    kind = request.get_preferred_type([RESPONSE, PLAIN]) if "Accept" in request.headers else RESPONSE
    if kind is None:
        raise Refused("not-acceptable", f"This address answers {RESPONSE} and {PLAIN}.", status=406)
    return kind


def _wants_page(request: HttpRequest) -> bool:
    return request.get_preferred_type([RESPONSE, PLAIN, "text/html"]) == "text/html"


def _response(told: Told, kind: str) -> HttpResponse:
    """Answer: by the draft, an answer as ``application/json`` is a 200 wherever the request was well-formed."""
    status = told.status if kind == RESPONSE else 200
    body = msgspec.json.encode(told.body)
    headers = {**told.headers, "Vary": "Accept"}
    return HttpResponse(body, status=status, headers=headers, content_type=f"{kind}; charset=utf-8")
