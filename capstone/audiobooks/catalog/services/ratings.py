"""What listeners think of a recording, kept beside it in whole numbers: changed by differences, so nothing is counted anew."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from audiobooks.catalog.models import Rating


@dataclass(frozen=True, slots=True)
class Stars:
    """What one listener gives: 1 to 5 on each axis."""

    overall: int
    performance: int
    story: int


# --8<-- [start:change]
def rating_change(*, audiobook_id: UUID, before: Stars | None, after: Stars | None) -> None:
    """
    Take ``before`` out of a recording's rating and put ``after`` in; None is nothing. 1 query, 3 for its first stars.

    It belongs to the transaction of what changed the stars, as the last that it locks. Who changes the ratings of several
    recordings goes by their ids, so that no two wait for each other.
    """
    if before == after:
        return
    difference = {"version": 1}
    for stars, sign in ((before, -1), (after, 1)):
        if stars is not None:
            added = {
                f"overall_{stars.overall}": 1,
                "performance_sum": stars.performance,
                "story_sum": stars.story,
            }
            for name, number in added.items():
                difference[name] = difference.get(name, 0) + sign * number
    rating = Rating.objects.filter(pk=audiobook_id)
    changes = {name: F(name) + number for name, number in difference.items() if number}
    if not rating.update(**changes):
        Rating.objects.bulk_create([Rating(audiobook_id=audiobook_id)], ignore_conflicts=True)
        rating.update(**changes)


# --8<-- [end:change]
