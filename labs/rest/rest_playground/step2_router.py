"""Step 2: a serializer says what a reading looks like, a view set what may be done, a router at which addresses."""

from rest_framework.viewsets import ModelViewSet

from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


# --8<-- [start:router]
class Readings(ModelViewSet[Reading]):
    """GET and POST /step2/readings/ · GET, PUT, PATCH and DELETE /step2/readings/1/. Anybody may do anything."""

    queryset = Reading.objects.order_by("-recorded_at", "-id")
    serializer_class = ReadingSerializer
    lookup_value_converter = "int"


# --8<-- [end:router]
