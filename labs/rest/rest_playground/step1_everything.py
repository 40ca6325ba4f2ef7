"""Step 1: the list of everything."""

from rest_framework.generics import ListAPIView

from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


# --8<-- [start:everything]
class Readings(ListAPIView[Reading]):
    """GET /step1/readings/ → every reading there is, newest first."""

    queryset = Reading.objects.order_by("-recorded_at", "-id")
    serializer_class = ReadingSerializer


# --8<-- [end:everything]
