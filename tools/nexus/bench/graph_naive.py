"""
The catalogue's graph as a first tutorial ends: the capstone's own SDL, each field from the row it is asked of, N + 1 queries.

``ROOT_URLCONF=nexus.bench.graph_naive`` serves it at ``peers/naive/``, behind the capstone's middleware, without its limits.
"""

import json
from typing import Any
from uuid import UUID

from ariadne import ObjectType, QueryType, graphql_sync, make_executable_schema
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import HttpRequest, JsonResponse
from django.urls import path

from audiobooks.accounts.graphql import scalars
from audiobooks.catalog.models import Audiobook, Credit, Genre, Person, SeriesEntry
from config import urls as ours
from lab_graphql.schema import PART
from nexus.services import CHECKOUT

SDL = [
    PART.read_text(),
    "scalar Date scalar DateTime scalar SafeInt scalar Decimal",
    (CHECKOUT / "capstone/audiobooks/catalog/graphql/catalog.graphql").read_text(),
]
query = QueryType()
recording = ObjectType("Audiobook")
genre = ObjectType("Genre")


@query.field("audiobooks")
def audiobooks(
    _root: object, _info: object, *, first: int, after: str | None = None, **_rest: Any
) -> dict[str, Any]:
    """Return the recordings that everybody may see, a page after a row."""
    rows = Audiobook.objects.filter(status="ready", access="open").order_by("sort_title", "id")
    if after:
        title, id_ = json.loads(after)
        rows = rows.filter(TupleGreaterThan(Tuple(F("sort_title"), F("id")), (title, UUID(id_))))
    nodes = list(rows[:first])
    end = json.dumps([nodes[-1].sort_title, str(nodes[-1].pk)]) if nodes else None
    return {"nodes": nodes, "page_info": {"end_cursor": end}}


def people(row: Audiobook, role: str) -> list[Person]:
    """Return a recording's people of one role."""
    return [credit.person for credit in row.credits.filter(role=role)]


@recording.field("authors")
def authors(row: Audiobook, _info: object) -> list[Person]:
    """Return the authors."""
    return people(row, Credit.Role.AUTHOR)


@recording.field("narrators")
def narrators(row: Audiobook, _info: object) -> list[Person]:
    """Return the narrators."""
    return people(row, Credit.Role.NARRATOR)


@recording.field("genres")
def genres(row: Audiobook, _info: object) -> list[Genre]:
    """Return the work's genres."""
    return list(row.book.genres.all())


@recording.field("series")
def series(row: Audiobook, _info: object) -> list[SeriesEntry]:
    """Return the work's places in series."""
    return list(row.book.series_entries.all())


@recording.field("cover")
def cover(row: Audiobook, _info: object) -> object:
    """Return the cover."""
    return getattr(row, "cover", None)


@recording.field("rating")
def rating(row: Audiobook, _info: object) -> object:
    """Return what listeners think."""
    return row.rated


@genre.field("parent")
def parent(row: Genre, _info: object) -> str | None:
    """Return the slug of the genre above."""
    return row.parent_id


schema = make_executable_schema(
    SDL,
    query,
    recording,
    genre,
    scalars.day,
    scalars.whole_number,
    scalars.decimal,
    scalars.enumeration("Access", Audiobook.Access),
    scalars.enumeration("AudiobookStatus", Audiobook.Status),
    convert_names_case=True,
)


def naive(request: HttpRequest) -> JsonResponse:
    """Answer a question."""
    _success, answer = graphql_sync(schema, json.loads(request.body), context_value=request)
    return JsonResponse(answer)


naive.csrf_exempt = True  # type: ignore[attr-defined]
urlpatterns = [path("peers/naive/", naive), *ours.urlpatterns]
