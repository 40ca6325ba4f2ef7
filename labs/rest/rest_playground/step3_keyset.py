"""Step 3, the other way: pages that start after a row, by the part; with filters from an allow-list."""

from django_filters import rest_framework as filters

from lab_rest.filters import AllowListFilterBackend
from lab_rest.pagination import KeysetPagination
from rest_playground import step2_router
from rest_playground.models import Reading


class ReadingFilter(filters.FilterSet):  # type: ignore[misc]  # untyped
    """What readings may be filtered by."""

    station = filters.CharFilter(field_name="station_id")
    warmer_than = filters.NumberFilter(field_name="temperature_c", lookup_expr="gt")

    class Meta:
        model = Reading
        fields = ["station", "warmer_than", "is_verified"]


# --8<-- [start:keyset]
class Readings(step2_router.Readings):
    """GET /step3/readings/ → 25 readings, links to the next 25 · 400 invalid-query · the rest as in step 2."""

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
