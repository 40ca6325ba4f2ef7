"""The five graphs' addresses, the REST that they are compared with, and the checks' props."""

from functools import cache

from django.contrib.staticfiles.views import serve
from django.http import HttpRequest, HttpResponse
from django.urls import path

from graphql_playground import (
    pages,
    props,
    rest,
    step1_naive,
    step2_prefetch,
    step3_loaders,
    step4_lookahead,
    step5_json,
)
from graphql_playground.graphs import graph_of
from lab_graphql.graph import Graph
from lab_graphql.views import graph_view

BINDABLES = {
    "step1": step1_naive.bindables,
    "step2": step2_prefetch.bindables,
    "step3": step3_loaders.bindables,
    "step4": step4_lookahead.bindables,
    "step5": step5_json.bindables,
}


@cache
def graph_at(step: str) -> Graph:
    """Return a step's graph, made when it is first asked for: half a part does not stop the other half."""
    return graph_of(BINDABLES[step])


def step(request: HttpRequest, name: str) -> HttpResponse:
    """GET, POST /step1/graphql/ … /step5/graphql/."""
    return graph_view(graph_at(name), explorer="/static/lab_graphql/")(request)


urlpatterns = [
    path("", pages.index),
    # GraphiQL's files: `insecure` serves them without DEBUG, under any server. They are public, and a few.
    path("static/<path:path>", serve, {"insecure": True}),
    path("errors/", pages.errors),
    *[path(f"{name}/graphql/", step, {"name": name}) for name in BINDABLES],
    *rest.urlpatterns,
    *props.urlpatterns,
]
