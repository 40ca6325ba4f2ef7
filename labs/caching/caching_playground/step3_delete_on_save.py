"""Step 3: the low-level cache, and a delete wherever a book is saved. Whoever saves must think of it, and of when."""

from django.core.cache import cache  # noqa: TID251 -- the usual way, which this step shows
from django.http import HttpRequest, JsonResponse

from caching_playground.models import Book
from caching_playground.source import answered, bestsellers, language_of, rating_of


# --8<-- [start:page]
def front_page(request: HttpRequest) -> JsonResponse:
    """GET /step3/ → the bestsellers."""
    page = cache.get("front-page")
    if page is None:
        page = bestsellers(language_of(request), rating_of)
        cache.set("front-page", page, 60)
    return answered(request, page)


def reprice(book: Book, price_cents: int) -> None:
    """Change a price."""
    book.price_cents = price_cents
    book.save()
    cache.delete("front-page")


# --8<-- [end:page]
