"""The five graphs' addresses."""

from django.urls import path

from graphql_playground import step1_naive, step2_prefetch, step3_loaders, step4_lookahead, step5_json
from lab_graphql.views import graph_view

STEPS = {
    "step1": step1_naive.graph,
    "step2": step2_prefetch.graph,
    "step3": step3_loaders.graph,
    "step4": step4_lookahead.graph,
    "step5": step5_json.graph,
}
urlpatterns = [path(f"{name}/graphql/", graph_view(graph)) for name, graph in STEPS.items()]
