"""Step 4: a version number in the key, made by hand and bumped on commit. Nothing old after a save; a herd after each."""

from django.core.cache import cache  # noqa: TID251 -- the usual way, which this step shows
from django.db import transaction
from django.http import HttpRequest, JsonResponse

from caching_playground.models import Book
from caching_playground.source import answered, bestsellers, language_of, rating_of


# --8<-- [start:page]
def front_page(request: HttpRequest) -> JsonResponse:
    """GET /step4/ → the bestsellers."""
    language, version = language_of(request), cache.get_or_set("books-version", 1, None)
    key = f"front-page:{language}:{version}"
    page = cache.get(key)
    if page is None:
        page = bestsellers(language, rating_of)
        cache.set(key, page, 60)
    return answered(request, page)


def reprice(book: Book, price_cents: int) -> None:
    """Change a price."""
    book.price_cents = price_cents
    book.save()
    transaction.on_commit(lambda: cache.incr("books-version"))


# --8<-- [end:page]
