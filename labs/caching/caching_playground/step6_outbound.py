"""Step 6: the part, for the service too. A deadline, one more try, a breaker, and yesterday's rating rather than none."""

from functools import cache
from ipaddress import ip_network

from django.http import HttpRequest, JsonResponse

from caching_playground import step1_none
from caching_playground.metadata import SERVICE
from caching_playground.source import answered, bestsellers, language_of
from caching_playground.step5_remember import PAGE
from lab_caching import remember
from lab_caching.outbound import Client, OutboundError, Rules, SharedStore

reprice = step1_none.reprice


# --8<-- [start:page]
@cache
def client() -> Client:
    """Return this process's client of the service."""
    rules = Rules(
        hosts=frozenset({SERVICE.address.removeprefix("http://")}),
        schemes=frozenset({"http"}),
        networks=(ip_network("127.0.0.1"),),  # the service is ours; nothing else inside may be reached
        deadline_s=1,
        attempts=2,
        pause_s=0.01,
        failures=3,
        fresh_s=3600,
        stale_s=24 * 3600,
    )
    return Client(rules, store=SharedStore())


def rating_of(isbn: str) -> int | None:
    """Return a book's rating, if need be of yesterday, or ``None``: the page is there with or without it."""
    try:
        answer = client().get(f"{SERVICE.address}/books/{isbn}")
    except OutboundError:
        return None
    return int(answer.json()["rating"])


def front_page(request: HttpRequest) -> JsonResponse:
    """GET /step6/ → the bestsellers."""
    language = language_of(request)
    page = remember(
        "front-page-6",
        language,
        compute=lambda: bestsellers(language, rating_of),
        topics=["books"],
        policy=PAGE,
    )
    return answered(request, page)


# --8<-- [end:page]
