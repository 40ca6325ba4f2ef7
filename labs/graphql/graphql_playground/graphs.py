"""What the five graphs have in common: the SDL, the limits, the mutation, how errors are told."""

from pathlib import Path
from typing import Any

from graphql import GraphQLSchema

from graphql_playground.models import Film, Person, Review, Studio
from graphql_playground.reviews import ReviewAdded, mutation
from lab_graphql.graph import Graph
from lab_graphql.limits import Limits
from lab_graphql.schema import load_schema

SDL = Path(__file__).with_name("sdl")
PATIENT = Limits(seconds=60)  # what is counted here is the same on a machine that does much else
ROWS = {"Film": Film, "Person": Person, "Studio": Studio, "Review": Review, "ReviewAdded": ReviewAdded}


def schema_of(bindables: list[Any]) -> GraphQLSchema:
    """Return the films' schema with these resolvers."""
    return load_schema([SDL], *bindables, mutation, rows=ROWS)


def graph_of(bindables: list[Any], **but: Any) -> Graph:
    """Return a graph of the films, with these resolvers."""
    return Graph(schema_of(bindables), **{"introspection": True, "tells_cost": True, "limits": PATIENT} | but)
