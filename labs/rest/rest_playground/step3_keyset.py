"""Step 3: pages that start after a row, by the part; with filters from an allow-list."""

from django_filters import rest_framework as filters
from rest_framework.generics import ListCreateAPIView

from lab_rest.filters import AllowListFilterBackend
from lab_rest.pagination import KeysetPagination
from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


class ReadingFilter(filters.FilterSet):  # type: ignore[misc]  # untyped
    """What readings may be filtered by."""

    station = filters.CharFilter(field_name="station_id")
    warmer_than = filters.NumberFilter(field_name="temperature_c", lookup_expr="gt")

    class Meta:
        model = Reading
        fields = ["station", "warmer_than", "is_verified"]


# --8<-- [start:keyset]
class Readings(ListCreateAPIView[Reading]):
    """GET /step3/readings/ → 25 readings, links to the next 25 · POST → 201 Reading · 400 invalid-input."""

    queryset = Reading.objects.all()
    serializer_class = ReadingSerializer
    pagination_class = KeysetPagination
    filter_backends = [AllowListFilterBackend]
    filterset_class = ReadingFilter
    default_ordering = "newest"
    orderings = {
        "newest": ("-recorded_at", "-id"),
        "oldest": ("recorded_at", "id"),
        "warmest": ("-temperature_c", "id"),
        "windiest": ("-wind_kmh", "id"),
    }


# --8<-- [end:keyset]
