"""Step 5: the part. One computation for all who miss, an old page rather than an error, and models that say what they change."""

from django.http import HttpRequest, JsonResponse

from caching_playground import step1_none
from caching_playground.source import answered, bestsellers, language_of, rating_of
from lab_caching import Policy, remember

reprice = step1_none.reprice  # models.py says it once: invalidates(Book, "books", …)

# --8<-- [start:page]
PAGE = Policy(ttl_s=60, stale_s=3600)


def front_page(request: HttpRequest) -> JsonResponse:
    """GET /step5/ → the bestsellers."""
    language = language_of(request)
    page = remember(
        "front-page",
        language,
        compute=lambda: bestsellers(language, rating_of),
        topics=["books"],
        policy=PAGE,
    )
    return answered(request, page)


# --8<-- [end:page]
