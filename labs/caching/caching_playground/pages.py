"""The shop's own pages, six ways, and those that the checks of whole answers ask."""

from collections import Counter
from dataclasses import asdict
from types import ModuleType
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from caching_playground import (
    step1_none,
    step2_timeout,
    step3_delete_on_save,
    step4_version,
    step5_remember,
    step6_outbound,
)
from caching_playground.models import Book, Shelf
from caching_playground.props import body_of
from caching_playground.source import bestsellers
from lab_caching import cached_view, metrics, remember

WAYS: dict[int, ModuleType] = {
    1: step1_none,
    2: step2_timeout,
    3: step3_delete_on_save,
    4: step4_version,
    5: step5_remember,
    6: step6_outbound,
}
ROUTES = """\
curl '{0}/step5/'                                        the front page, by step 1 to 6
curl '{0}/step5/' -H 'Accept-Language: de'               in German
curl '{0}/step5/books/1/' -d '{{"price_cents": 1}}'        a new price for the first book
curl '{0}/sign-in/' -d '{{"visitor": "Ada"}}' -c ada       somebody signs in: then -b ada
curl '{0}/metrics/'                                      what was answered from where
"""
MADE: Counter[str] = Counter()


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """GET / → commands to try."""
    return HttpResponse(
        ROUTES.format(request.build_absolute_uri("/").rstrip("/")), content_type="text/plain; charset=utf-8"
    )


def way_of(step: int) -> Any:
    """Return a way. Raises ``Http404``."""
    if step not in WAYS:
        raise Http404(f"There is no step {step}.")
    return WAYS[step]


@require_GET
def front_page(request: HttpRequest, step: int) -> HttpResponseBase:
    """GET /step{n}/ → the bestsellers, in the caller's language, with a greeting for who is signed in."""
    return way_of(step).front_page(request)  # type: ignore[no-any-return]


@require_POST
def price(request: HttpRequest, step: int, book_id: int) -> JsonResponse:
    """POST /step{n}/books/{id}/ ``{"price_cents": …}`` → the change, as the step makes it."""
    book = Book.objects.filter(pk=book_id).first()
    if book is None:
        raise Http404("There is no such book.")
    way_of(step).reprice(book, int(body_of(request)["price_cents"]))
    return JsonResponse({"title": book.title, "price_cents": book.price_cents})


@require_POST
def sign_in(request: HttpRequest) -> JsonResponse:
    """POST /sign-in/ ``{"visitor": "Ada"}``."""
    request.session["visitor"] = str(body_of(request)["visitor"])[:100]
    return JsonResponse({"visitor": request.session["visitor"]})


@require_GET
def front(request: HttpRequest) -> JsonResponse:
    """GET /stage/front/ → the bestsellers as in step 5, without the slow service."""
    language = get_language() or "en"
    page = remember(
        "stage-front", language, compute=lambda: bestsellers(language, lambda _: None), topics=["books"]
    )
    return JsonResponse(page)


@require_POST
def change(request: HttpRequest, book_id: int) -> JsonResponse:
    """POST /stage/books/{id}/ ``{"by": "update", "price_cents": …}`` → the change, in one of Django's ways."""
    wanted = body_of(request)
    cents, by, book = wanted.get("price_cents", 1), wanted["by"], Book.objects.get(pk=book_id)
    new = Book(
        title="A new one",
        isbn=wanted.get("isbn", ""),
        author_id=book.author_id,
        price_cents=cents,
        sold=10**6,
    )
    shelf = Shelf.objects.order_by("-id")[0]
    acts = {
        "save": lambda: Book(**{**vars_of(book), "price_cents": cents}).save(force_update=True),
        "delete": book.delete,
        "update": lambda: Book.objects.filter(pk=book_id).update(price_cents=cents),
        "update of what it filters by": lambda: Book.objects.filter(title=book.title).update(
            title=wanted.get("title")
        ),
        "bulk_update": lambda: bulk(book, cents),
        "bulk_create": lambda: Book.objects.bulk_create([new]),
        "link": lambda: book.shelves.add(shelf),
        "link from the shelf": lambda: shelf.books.add(book),
        "clear from the shelf": lambda: shelf.books.clear(),
    }
    acts[by]()
    return JsonResponse({"by": by})


def vars_of(book: Book) -> dict[str, Any]:
    """Return a book's columns."""
    return {field.attname: getattr(book, field.attname) for field in Book._meta.concrete_fields}


def bulk(book: Book, cents: int) -> None:
    """Change a price by ``bulk_update``."""
    book.price_cents = cents
    Book.objects.bulk_update([book], ["price_cents"])


@cached_view("stage-page", vary=["X-Plan"])
@require_GET
def page(request: HttpRequest, kind: str) -> HttpResponse:
    """
    GET /stage/pages/{kind}/ → the language, who asks, and how often this page was made.

    A ``private`` one says so, a ``cookie`` sets one, a ``session`` looks into it, one of ``plan`` varies by X-Plan.
    """
    MADE[request.get_full_path()] += 1
    caller = request.headers.get("Authorization") or request.headers.get("X-Plan")
    facts = {"language": get_language(), "caller": caller, "made": MADE[request.get_full_path()]}
    headers = {
        "private": {"Cache-Control": "private"},
        "plan": {"Vary": "X-Plan"},
        "other": {"Vary": "X-Other"},
    }
    response = JsonResponse(facts if kind != "text" else {"text": "the same"}, headers=headers.get(kind, {}))
    if kind == "cookie":
        response.set_cookie("basket", "1")
    if kind == "session":
        request.session.get("visitor")
    return response


@require_GET
def metrics_page(request: HttpRequest) -> JsonResponse:
    """GET /metrics/ → what was answered from where, by name."""
    return JsonResponse({name: asdict(counts) for name, counts in metrics.read().items()})
