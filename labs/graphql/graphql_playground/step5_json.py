"""Step 5: PostgreSQL writes the answer, in the form that was asked for, in one query."""

from typing import Any

import msgspec
from django.db import connection
from graphql import GraphQLResolveInfo

from graphql_playground import step4_lookahead
from graphql_playground.entry import Way, query_of
from lab_graphql.connections import connection_of, page_from
from lab_graphql.lookahead import Asked, Selection, Shaped, selection_of, shape

FILM, PERSON, CAST = "graphql_playground_film", "graphql_playground_person", "graphql_playground_film_cast"
STUDIO, REVIEW = "graphql_playground_studio", "graphql_playground_review"
PLAIN = {
    "Film": {"title", "year"},
    "Person": {"name"},
    "Studio": {"name", "country"},
    "Review": {"stars", "text"},
}


# --8<-- [start:json]
class Writer:
    """Writes the SQL of what is asked for; what the caller has chosen goes into ``params``, never into the text."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self._tables = 0

    def param(self, value: Any) -> str:
        """Return the placeholder of a value."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def document(self, kind: str, row: str, asked: Selection) -> str:
        """Return the SQL of a JSON object: each field under the caller's name, the row being called ``row``."""
        pairs = [f"{self.param(field.key)}::text, {self.value(kind, row, field)}" for field in asked.fields]
        return f"json_build_object({', '.join(pairs)})"

    def value(self, kind: str, row: str, field: Asked) -> str:
        """Return the SQL of one field's value."""
        if field.name == "__typename":
            return f"{self.param(kind)}::text"
        if field.name == "id":
            return f"{row}.id::text"
        if field.name in PLAIN[kind]:
            return f"{row}.{field.name}"
        return str(getattr(self, f"_{field.name}")(row, field))

    def rows(self, source: str, kind: str, field: Asked, first: int | None = None) -> str:
        """Return the SQL of a JSON list: ``source`` is what follows FROM, its rows being called ``{0}``."""
        row = self._row()
        limit = "" if first is None else f"LIMIT {self.param(max(first, 0))}"
        written = self.document(kind, row, field.below)
        return f"(SELECT coalesce(json_agg(d), '[]') FROM (SELECT {written} AS d FROM {source.format(row)} {limit}) x)"

    def _studio(self, row: str, field: Asked) -> str:
        other = self._row()
        written = self.document("Studio", other, field.below)
        return f"(SELECT {written} FROM {STUDIO} {other} WHERE {other}.id = {row}.studio_id)"

    def _director(self, row: str, field: Asked) -> str:
        other = self._row()
        written = self.document("Person", other, field.below)
        return f"(SELECT {written} FROM {PERSON} {other} WHERE {other}.id = {row}.director_id)"

    def _cast(self, row: str, field: Asked) -> str:
        joined = f"{CAST} c JOIN {PERSON} {{0}} ON {{0}}.id = c.person_id WHERE c.film_id = {row}.id ORDER BY {{0}}.id"
        return self.rows(joined, "Person", field)

    def _reviews(self, row: str, field: Asked) -> str:
        source = f"{REVIEW} {{0}} WHERE {{0}}.film_id = {row}.id ORDER BY {{0}}.id DESC"
        return self.rows(source, "Review", field, field.arguments["first"])

    def _directed(self, row: str, field: Asked) -> str:
        source = f"{FILM} {{0}} WHERE {{0}}.director_id = {row}.id ORDER BY {{0}}.year DESC, {{0}}.id DESC"
        return self.rows(source, "Film", field, field.arguments["first"])

    def _rating(self, row: str, _: Asked) -> str:
        return f"(SELECT avg(r.stars)::float8 FROM {REVIEW} r WHERE r.film_id = {row}.id)"

    def _row(self) -> str:
        self._tables += 1
        return f"t{self._tables}"


query = query_of(Way(films=step4_lookahead.films_with, people=step4_lookahead.people_with, looks_ahead=True))


@query.field("films")
def films(
    _: Any, info: GraphQLResolveInfo, first: int | None, after: str | None = None, since: int | None = None
) -> Shaped:
    page = page_from(first, after, ordering="films.newest")
    asked, writer = selection_of(info), Writer()
    forms = {"nodes": asked.at("nodes"), "edges": asked.at("edges", "node")}
    columns = ", ".join(f"{writer.document('Film', 't0', form)}::text" for form in forms.values())
    bounds = [f"t0.year >= {writer.param(since)}"] if since is not None else []
    if page.values is not None:
        bounds.append("(t0.year, t0.id) < ({}, {})".format(*map(writer.param, page.values)))
    where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
    limit = writer.param(page.limit + 1)
    statement = f"SELECT t0.year, t0.id, {columns} FROM {FILM} t0 {where} ORDER BY t0.year DESC, t0.id DESC LIMIT {limit}"
    with connection.cursor() as cursor:
        cursor.execute(statement, writer.params)
        rows = cursor.fetchall()
    return connected(rows, page, asked)


# --8<-- [end:json]
def connected(rows: Any, page: Any, asked: Selection) -> Shaped:
    """Return the connection of rows that are year, id, and the text of the node under ``nodes`` and under ``edges``."""
    connection_ = connection_of(rows, page, lambda row: row[:2])
    told: dict[str, Any] = {}
    for field in asked.fields:
        if field.name == "nodes":
            told[field.key] = [msgspec.Raw(row[2].encode()) for row in connection_.nodes]
        elif field.name == "edges":
            told[field.key] = [edge_as(field.below, edge) for edge in connection_.edges]
        elif field.name == "__typename":
            told[field.key] = field.kind
        else:
            told[field.key] = shape(connection_.page_info, field.below)
    return Shaped(told)


def edge_as(asked: Selection, edge: Any) -> dict[str, Any]:
    """Return an edge in the form that was asked for."""
    values = {"cursor": lambda: edge.cursor, "node": lambda: msgspec.Raw(edge.node[3].encode())}
    return {field.key: values.get(field.name, lambda: "FilmEdge")() for field in asked.fields}


bindables: list[Any] = [query, step4_lookahead.film, step4_lookahead.person, step4_lookahead.added]
