"""Step 2: Django's per-view cache, 60 seconds. One line, and everybody's page is everybody's."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_page

from caching_playground import step1_none

reprice = step1_none.reprice


# --8<-- [start:page]
@cache_page(60)
def front_page(request: HttpRequest) -> JsonResponse:
    """GET /step2/ → the bestsellers, as they were up to 60 seconds ago."""
    return step1_none.front_page(request)


# --8<-- [end:page]
