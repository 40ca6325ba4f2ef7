"""
Props: what the lab's checks need on the stage, and no contract has.

Graphs that lack what a later step brings, a start with an SDL of the caller's own, and a change of a row.
"""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from ariadne import ObjectType, QueryType
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from graphql import OperationDefinitionNode, parse, validate

from graphql_playground import step1_naive, step3_loaders, step4_lookahead
from graphql_playground.graphs import PATIENT, schema_of
from graphql_playground.models import Review, Studio
from lab_graphql.cost import Pricing
from lab_graphql.documents import DocumentCache, Invalid, Prepared, TrustedDocuments, document_id
from lab_graphql.errors import Errors, Refused
from lab_graphql.graph import Asking, Context, Graph
from lab_graphql.limits import check_extent
from lab_graphql.schema import SchemaError, load_schema
from lab_graphql.views import graph_view

TRUSTED = "query Title($id: ID!) { film(id: $id) { title } }"


class BareGraph(Graph):
    """A graph without documents that are kept, and with those of the limits alone that a check asks about."""

    has_extent = has_prices = False

    def prepared(self, asking: Asking) -> Prepared:
        """Parse and validate, every time."""
        document = parse(asking.query or "")
        if self.has_extent:
            check_extent(document, self.limits, introspection=self.introspection)
        if errors := validate(self.schema, document):
            raise Invalid(errors)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        named = {node.name.value if node.name else "": node for node in operations}
        pricing = Pricing(self.schema, document, self.limits)
        prices = {name: pricing.of(node) if self.has_prices else 0 for name, node in named.items()}
        return Prepared(document, named, prices)


class WithExtent(BareGraph):
    """Counts levels and aliases, and tells nobody its schema."""

    has_extent = True


class WithPrices(BareGraph):
    """Prices what is asked for."""

    has_prices = True


class OutOfFilm(Exception):
    """What the stage's mapping knows."""


def problem_for(exc: BaseException, request: HttpRequest) -> Refused | None:
    """Map what is known of ``OutOfFilm``."""
    return Refused("out-of-film", "The reel has run out.", status=409) if isinstance(exc, OutOfFilm) else None


@cache
def bare(name: str) -> Graph:
    """Return one of the props' graphs."""
    ways = {"loaders": step3_loaders, "lookahead": step4_lookahead}
    kinds = {"extent": WithExtent, "cost": WithPrices}
    schema = schema_of(ways.get(name, step1_naive).bindables)
    return kinds.get(name, BareGraph)(schema, tells_cost=True, limits=PATIENT)


def graph(request: HttpRequest, name: str) -> HttpResponse:
    """GET, POST /stage/NAME/graphql/."""
    return graph_view(bare(name))(request)


@cache
def trusting(only: bool) -> Graph:
    """Return a graph that knows one document; with ``only``, it answers no other."""
    known = TrustedDocuments({document_id(TRUSTED): TRUSTED})
    return Graph(schema_of(step1_naive.bindables), trusted=known, only_trusted=only)


def trusted(request: HttpRequest, only: bool) -> HttpResponse:
    """GET, POST /stage/trusted/graphql/, /stage/only-trusted/graphql/."""
    return graph_view(trusting(only))(request)


@csrf_exempt
def start(request: HttpRequest) -> HttpResponse:
    """POST /stage/start/ → 200 where this SDL would start with these resolvers and attributes · 409 and what is wrong."""
    asked = json.loads(request.body)
    bindables = [QueryType(), ObjectType("Thing")]
    for bindable in bindables:
        for name in asked["resolvers"].get(bindable.name, ()):
            bindable.set_field(name, lambda *_: 1)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in asked["sdl"]]
        for file in files:
            file.write_text(asked["sdl"][file.name])
        try:
            load_schema(files, *bindables, rows={"Thing": set(asked["attributes"])})
        except SchemaError as error:
            return JsonResponse({"told": str(error).replace(f"{folder}/", "").splitlines()}, status=409)
    return JsonResponse({"told": []})


@csrf_exempt
def answer(request: HttpRequest) -> HttpResponse:
    """POST /stage/answer/ → what the naive graph answers, HTTP left aside; ``fail`` makes the film's cast fail."""
    asked = json.loads(request.body)
    outcomes = {"defect": KeyError("the password is 1234"), "known": OutOfFilm("reel 7")}
    told = failing(outcomes.get(asked.get("fail"))).answer(Asking(asked["query"]), Context(request))
    return JsonResponse(told.body, status=told.status)


def failing(outcome: Exception | None) -> Graph:
    """Return a graph whose casts fail with ``outcome``; with None it is as it was."""
    film = ObjectType("Film")

    def cast(*_: Any) -> Any:
        raise outcome or RuntimeError

    film.set_field("cast", cast)
    bindables = [*step1_naive.bindables, film] if outcome else step1_naive.bindables
    return BareGraph(schema_of(bindables), errors=Errors(problem_for))


@csrf_exempt
def studio(request: HttpRequest, pk: int) -> HttpResponse:
    """POST /stage/studios/1/ → renames a studio, as somebody else does meanwhile."""
    Studio.objects.filter(pk=pk).update(name=json.loads(request.body)["name"])
    return HttpResponse(status=204)


def reviews(request: HttpRequest) -> HttpResponse:
    """GET /stage/reviews/ → how many there are."""
    return JsonResponse({"count": Review.objects.count()})


@csrf_exempt
def documents(request: HttpRequest) -> HttpResponse:
    """POST /stage/documents/ → how often one of these documents was prepared, and how many are kept, of 32 at most."""
    prepared: list[str] = []

    class Counting(Graph):
        def _prepare(self, text: str) -> Prepared:
            prepared.append(text)
            return super()._prepare(text)

    counting = Counting(schema_of(step1_naive.bindables))
    counting.documents = DocumentCache(counting._prepare, most=32)
    for text in json.loads(request.body)["documents"]:
        counting.prepared(Asking(text))
    return JsonResponse({"prepared": len(prepared), "kept": len(counting.documents)})


urlpatterns = [
    path("stage/start/", start),
    path("stage/answer/", answer),
    path("stage/reviews/", reviews),
    path("stage/documents/", documents),
    path("stage/studios/<int:pk>/", studio),
    path("stage/trusted/graphql/", trusted, {"only": False}),
    path("stage/only-trusted/graphql/", trusted, {"only": True}),
    path("stage/<slug:name>/graphql/", graph),
]
