"""An outside peer: FastAPI, asyncpg and pydantic on the same tables, served by ``granian --interface asgi``."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Query
from pydantic import BaseModel, Field


class Named(BaseModel):
    """A person, or a work."""

    id: UUID
    name: str


class Work(BaseModel):
    """A work."""

    id: UUID
    title: str


class Genre(BaseModel):
    """A genre."""

    slug: str
    name: str
    parent: str | None


class SeriesPlace(BaseModel):
    """A place in a series."""

    id: UUID
    name: str
    sequence: str
    label: str


class Rating(BaseModel):
    """What listeners think."""

    count: int
    overall: float | None
    performance: float | None
    story: float | None
    histogram: list[int]


class Card(BaseModel):
    """A recording as a list shows it."""

    id: UUID
    title: str
    subtitle: str
    language: str
    is_abridged: bool
    released_on: date
    duration_ms: int
    access: str
    status: str
    book: Work
    authors: list[Named]
    narrators: list[Named]
    genres: list[Genre]
    series: list[SeriesPlace]
    cover: None = None
    rating: Rating


class Page(BaseModel):
    """A page of recordings."""

    results: list[Card]
    next: str | None
    previous: str | None = None


class After(BaseModel):
    """Where a page starts, and how long it is."""

    title: str = ""
    id: UUID = UUID(int=0)
    limit: int = Field(20, ge=1, le=100)


ROWS = """
SELECT a.*, b.title AS book_title, r.performance_sum, r.story_sum,
    ARRAY[r.overall_1, r.overall_2, r.overall_3, r.overall_4, r.overall_5] AS stars
FROM catalog_audiobook a JOIN catalog_book b ON b.id = a.book_id LEFT JOIN catalog_rating r ON r.audiobook_id = a.id
WHERE a.status = 'ready' AND a.access = 'open' AND (a.sort_title, a.id) > ($1, $2) ORDER BY a.sort_title, a.id LIMIT $3
"""
CREDITS = """
SELECT c.audiobook_id, c.role, p.id, p.name FROM catalog_credit c JOIN catalog_person p ON p.id = c.person_id
WHERE c.audiobook_id = ANY($1) ORDER BY c.role, c.position
"""
GENRES = """
SELECT l.book_id, g.slug, g.name, g.parent_id AS parent FROM catalog_book_genres l JOIN catalog_genre g ON g.slug = l.genre_id
WHERE l.book_id = ANY($1) ORDER BY g.sort_name
"""
SERIES = """
SELECT e.book_id, s.id, s.name, trim_scale(e.sequence)::text AS sequence, e.label FROM catalog_seriesentry e
JOIN catalog_series s ON s.id = e.series_id WHERE e.book_id = ANY($1) ORDER BY e.sequence
"""
state: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Keep a pool of connections; asyncpg prepares every statement."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=4) as pool:
        state["pool"] = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/list")
async def audiobooks(after: Annotated[After, Query()]) -> Page:
    """Return a page: the rows, and what hangs on them in three more queries."""
    async with state["pool"].acquire() as connection:
        rows = await connection.fetch(ROWS, after.title, after.id, after.limit + 1)
        page = rows[: after.limit]
        books = [row["book_id"] for row in page]
        credited = await connection.fetch(CREDITS, [row["id"] for row in page])
        genres, series = [await connection.fetch(query, books) for query in (GENRES, SERIES)]
    last = page[-1] if len(rows) > after.limit else None
    following = f"/list?title={last['sort_title']}&id={last['id']}" if last else None
    return Page(results=[card_of(row, credited, genres, series) for row in page], next=following)


def rating_of(row: Any) -> Rating:
    """Return what listeners think of a recording, from its sums: averages to two places, halves upwards."""
    histogram = [number or 0 for number in row["stars"]]
    count = sum(histogram)
    totals = {
        "overall": sum(stars * number for stars, number in enumerate(histogram, 1)),
        "performance": row["performance_sum"],
        "story": row["story_sum"],
    }
    averages = {
        name: (200 * total + count) // (2 * count) / 100 if count else None for name, total in totals.items()
    }
    return Rating(count=count, histogram=histogram, **averages)


def card_of(row: Any, credited: Any, genres: Any, series: Any) -> Card:
    """Return a recording with what belongs to it."""
    people = {
        role: [
            Named(id=one["id"], name=one["name"]) for one in credited if (one[0], one[1]) == (row["id"], role)
        ]
        for role in ("author", "narrator")
    }
    names = (
        "id",
        "title",
        "subtitle",
        "language",
        "is_abridged",
        "released_on",
        "duration_ms",
        "access",
        "status",
    )
    return Card(
        **{name: row[name] for name in names},
        book=Work(id=row["book_id"], title=row["book_title"]),
        authors=people["author"],
        narrators=people["narrator"],
        genres=[Genre(**dict(one)) for one in genres if one["book_id"] == row["book_id"]],
        series=[SeriesPlace(**dict(one)) for one in series if one["book_id"] == row["book_id"]],
        rating=rating_of(row),
    )
