"""What lists of playback are filtered by."""

from django.db.models import QuerySet
from django_filters import ChoiceFilter, FilterSet

from audiobooks.playback.models import PositionConflict


class ConflictFilter(FilterSet):
    """Open or settled."""

    state = ChoiceFilter(
        method="in_state", choices=[("open", "open"), ("settled", "settled")], label="Open or settled."
    )

    def in_state(
        self, conflicts: QuerySet[PositionConflict], name: str, value: str
    ) -> QuerySet[PositionConflict]:
        """Keep those of one state."""
        return conflicts.filter(settled_at__isnull=value == "open")
