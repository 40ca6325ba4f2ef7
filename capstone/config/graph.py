"""The graph: the SDL and the resolvers of every app, put together and checked against each other at start."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLSchema

from audiobooks.accounts.graphql import resolvers as accounts
from audiobooks.accounts.graphql.callers import context_for, count
from audiobooks.catalog.graphql import resolvers as catalog
from audiobooks.discovery.graphql import resolvers as discovery
from audiobooks.library.graphql import resolvers as library
from audiobooks.playback.graphql import resolvers as playback
from audiobooks.reviews.graphql import resolvers as reviews
from config.errors import graph_errors
from lab_graphql.documents import TrustedDocuments, document_id
from lab_graphql.graph import Graph
from lab_graphql.limits import Limits
from lab_graphql.schema import load_schema
from lab_graphql.views import graph_view

APPS = (accounts, catalog, library, playback, reviews, discovery)
LIMITS = Limits(
    body_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, list_items=500, seconds=settings.GRAPHQL_SECONDS
)


# --8<-- [start:schema]
def schema_of(apps: Path = settings.CAPSTONE_DIR / "audiobooks") -> GraphQLSchema:
    """Return the schema. Raises ``SchemaError`` with file and line where an SDL and its resolvers disagree."""
    bindables = [bindable for app in APPS for bindable in app.bindables]
    rows = {kind: row for app in APPS for kind, row in app.rows.items()}
    return load_schema(sorted(apps.glob("*/graphql/*.graphql")), *bindables, rows=rows)


# --8<-- [end:schema]
def trusted(folder: str) -> TrustedDocuments:
    """Return the documents of a folder, each file one, by the digest of its text."""
    texts = [file.read_text("utf-8") for file in sorted(Path(folder).glob("*.graphql"))] if folder else []
    return TrustedDocuments({document_id(text): text for text in texts})


def graph() -> Graph:
    """Return the graph as the settings say."""
    return Graph(
        schema_of(),
        errors=graph_errors(),
        limits=LIMITS,
        introspection=settings.GRAPHQL_INTROSPECTION,
        trusted=trusted(settings.GRAPHQL_DOCUMENTS_DIR),
        only_trusted=settings.GRAPHQL_ONLY_TRUSTED,
    )


def view_of(served: Graph) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of /graphql/: it counts each request, and tells its caller what is left."""
    explorer = f"{settings.STATIC_URL}lab_graphql/" if settings.GRAPHQL_INTROSPECTION else None
    answer = graph_view(served, context_for, explorer=explorer)

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        told = count(request)
        response = answer(request)
        for name, value in told.items():
            response.headers[name] = value
        return response

    return view
