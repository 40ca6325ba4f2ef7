"""Step 3, one way: pages by number. PostgreSQL reads every row before the page, and counts all of them each time."""

from rest_framework.pagination import PageNumberPagination

from rest_playground import step2_router


# --8<-- [start:offset]
class NumberedPages(PageNumberPagination):
    """Page 2,000 is ``OFFSET 49975 LIMIT 25``."""

    page_size = 25


class Readings(step2_router.Readings):
    """GET /step3/numbered/?page=2000 → 25 readings, newest first · the rest as in step 2."""

    pagination_class = NumberedPages


# --8<-- [end:offset]
