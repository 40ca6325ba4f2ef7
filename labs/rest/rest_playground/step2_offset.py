"""Step 2: pages by number. PostgreSQL reads every row before the page, and counts all of them each time."""

from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination

from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


# --8<-- [start:offset]
class NumberedPages(PageNumberPagination):
    """Page 2,000 is ``OFFSET 49975 LIMIT 25``."""

    page_size = 25


class Readings(ListAPIView[Reading]):
    """GET /step2/readings/?page=2000 → 25 readings, newest first."""

    queryset = Reading.objects.order_by("-recorded_at", "-id")
    serializer_class = ReadingSerializer
    pagination_class = NumberedPages


# --8<-- [end:offset]
