"""Where the front page comes from: 2 queries, and a call to the metadata service. Everything that a cache may spare."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import httpx
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language

from caching_playground.metadata import SERVICE
from caching_playground.models import Book

Page = dict[str, Any]
Rating = Callable[[str], int | None]
BESTSELLERS = 10
GREETING = {"en": "Hello", "de": "Guten Tag"}


class Door:
    """Whoever makes a page passes here: ``show.py`` holds them up, to see how many came."""

    def __init__(self) -> None:
        self.pass_through: Callable[[], None] = lambda: None


DOOR = Door()


# --8<-- [start:page]
def bestsellers(language: str, rating: Rating) -> Page:
    """Return the front page's books: 2 queries, and one call of the service for the book of the month."""
    DOOR.pass_through()
    books = (
        Book.objects.select_related("author")
        .prefetch_related("shelves")
        .order_by("-sold", "id")[:BESTSELLERS]
    )
    rows = [
        {
            "title": book.title,
            "author": book.author.name,
            "price_cents": book.price_cents,
            "shelves": [getattr(shelf, f"name_{language}") for shelf in book.shelves.all()],
        }
        for book in books
    ]
    return {"language": language, "books": rows, "rating": rating(books[0].isbn)}


# --8<-- [end:page]


@cache
def plain() -> httpx.Client:
    """Return a client as one makes it; not once per call, for each reads all certificates."""
    return httpx.Client(trust_env=False)


def rating_of(isbn: str) -> int:
    """Ask the service, as one does: with the library's 5 s, and an exception for each 503."""
    answer = plain().get(f"{SERVICE.address}/books/{isbn}")
    return int(answer.raise_for_status().json()["rating"])


def language_of(request: HttpRequest) -> str:
    """Return the language that ``LocaleMiddleware`` chose."""
    return get_language() or "en"


def answered(request: HttpRequest, page: Mapping[str, Any]) -> JsonResponse:
    """Return the page with a greeting, which is the caller's own."""
    visitor = request.session.get("visitor")
    greeting = f"{GREETING[language_of(request)]}, {visitor}" if visitor else None
    return JsonResponse({**page, "greeting": greeting})
