"""What lists of reviews are filtered by."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.forms import IntegerField
from django_filters.rest_framework import BooleanFilter, ChoiceFilter, FilterSet, NumberFilter, UUIDFilter

STATES = {
    "reported": Q(open_reports__gt=0),
    "hidden": Q(hidden_at__isnull=False),
    "edited": Q(hidden_at__isnull=False, edited_at__gt=F("hidden_at")),
}


class StarsFilter(NumberFilter):
    """A whole number of stars."""

    field_class = IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=5, **options)


class ReviewFilter(FilterSet):
    """By stars, with words, without spoilers."""

    overall = StarsFilter(label="So many stars.")
    is_spoiler = BooleanFilter(label="Whether its author warns.")
    has_text = BooleanFilter(method="with_text", label="Whether there are words besides the stars.")

    def with_text(self, reviews: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        """Keep those with words, or those without."""
        return reviews.exclude(text="") if value else reviews.filter(text="")


class OwnReviewFilter(FilterSet):
    """By recording."""

    audiobook = UUIDFilter(field_name="audiobook_id", label="Of this recording.")


class StaffReviewFilter(FilterSet):
    """By why staff have a reason to look."""

    state = ChoiceFilter(
        method="in_state",
        choices=[(state, state) for state in STATES],
        label="Reported; hidden; or hidden, and edited by its author since.",
    )

    def in_state(self, reviews: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep those of one state."""
        return reviews.filter(STATES[value])
