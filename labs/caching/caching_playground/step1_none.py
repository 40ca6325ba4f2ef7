"""Step 1: no cache. Each page asks for everything, and is right."""

from django.http import HttpRequest, JsonResponse

from caching_playground.models import Book
from caching_playground.source import answered, bestsellers, language_of, rating_of


# --8<-- [start:page]
def front_page(request: HttpRequest) -> JsonResponse:
    """GET /step1/ → the bestsellers."""
    return answered(request, bestsellers(language_of(request), rating_of))


# --8<-- [end:page]


def reprice(book: Book, price_cents: int) -> None:
    """Change a price."""
    book.price_cents = price_cents
    book.save()
