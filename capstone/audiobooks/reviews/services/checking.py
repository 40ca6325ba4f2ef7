"""The nightly comparison: what is shown of reviews, with what was written. A difference is kept, logged and put right."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from audiobooks.catalog.models import Rating
from audiobooks.reviews.models import HelpfulVote, Report, Review, SummaryCheck, SummaryDifference

log = logging.getLogger(__name__)

# One statement sees one moment: a review and its rating commit together, so whoever writes meanwhile makes no difference.
# --8<-- [start:compare]
RATINGS = """
    WITH truth AS (
        SELECT audiobook_id, count(*) AS reviews, ARRAY[
            count(*) FILTER (WHERE overall = 1), count(*) FILTER (WHERE overall = 2),
            count(*) FILTER (WHERE overall = 3), count(*) FILTER (WHERE overall = 4),
            count(*) FILTER (WHERE overall = 5), sum(performance), sum(story)] AS numbers
        FROM reviews_review WHERE hidden_at IS NULL GROUP BY audiobook_id
    ), kept AS (
        SELECT audiobook_id,
               ARRAY[overall_1, overall_2, overall_3, overall_4, overall_5, performance_sum, story_sum]::bigint[] AS numbers
        FROM catalog_rating
    ), pairs AS (
        SELECT audiobook_id AS id, reviews, coalesce(kept.numbers, array_fill(0::bigint, ARRAY[7])) AS kept,
               coalesce(truth.numbers, array_fill(0::bigint, ARRAY[7])) AS truth
        FROM truth FULL JOIN kept USING (audiobook_id)
    )
    SELECT count(*), coalesce(sum(reviews), 0),
           coalesce(json_agg(json_build_array(id, kept, truth)) FILTER (WHERE kept <> truth), '[]')::text
    FROM pairs"""
# --8<-- [end:compare]
COUNTS = """
    SELECT review.id, review.{column}, coalesce(counted.number, 0) FROM reviews_review AS review
    LEFT JOIN (SELECT review_id, count(*) AS number FROM {table} {where} GROUP BY review_id) AS counted
    ON counted.review_id = review.id WHERE review.{column} <> coalesce(counted.number, 0)"""
HELPFUL = COUNTS.format(column="helpful_count", table="reviews_helpfulvote", where="")
REPORTS = COUNTS.format(column="open_reports", table="reviews_report", where="WHERE settled_at IS NULL")
NUMBERS = ("overall_1", "overall_2", "overall_3", "overall_4", "overall_5", "performance_sum", "story_sum")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was not equal; ``object_id`` is a recording's for ratings, else a review's."""

    kind: SummaryDifference.Kind
    object_id: UUID
    kept: str
    truth: str


def summaries_check(*, now: datetime) -> SummaryCheck:
    """
    Compare all ratings and counts with the reviews, votes and reports; put right, log and keep what differs.

    ``now`` is aware UTC. 3 queries and 1 row where all is equal. No transaction should be open: each repair has its own.
    """
    audiobooks, reviews, differences = _differences()
    with transaction.atomic():  # before anything is put right: what is found is told, whatever happens next
        check = SummaryCheck.objects.create(
            made_at=now, reviews=reviews, audiobooks=audiobooks, differences=len(differences)
        )
        SummaryDifference.objects.bulk_create(
            SummaryDifference(
                check_of=check, kind=one.kind, object_id=one.object_id, kept=one.kept, truth=one.truth
            )
            for one in differences
        )
    for one in differences:
        log.error("The %s of %s was kept as %s and is %s.", one.kind, one.object_id, one.kept, one.truth)
        REPAIRS[one.kind](one.object_id)
    return check


def _differences() -> tuple[int, int, list[Difference]]:
    kinds = SummaryDifference.Kind
    with connection.cursor() as cursor:
        cursor.execute(RATINGS)
        audiobooks, reviews, found = cursor.fetchone()
        differences = [
            Difference(kinds.RATING, UUID(row_id), _text(kept), _text(truth))
            for row_id, kept, truth in json.loads(found)
        ]
        for kind, query in ((kinds.HELPFUL, HELPFUL), (kinds.REPORTS, REPORTS)):
            cursor.execute(query)
            differences += [
                Difference(kind, row_id, str(kept), str(truth)) for row_id, kept, truth in cursor.fetchall()
            ]
    return audiobooks, int(reviews), differences


def _text(numbers: list[int]) -> str:
    return " ".join(map(str, numbers))


# --8<-- [start:repair]
@transaction.atomic
def _rating_repair(audiobook_id: UUID) -> None:
    """Count anew under the rating's lock: who has it not yet adds their difference to what is right."""
    locked = Rating.objects.select_for_update().filter(pk=audiobook_id)
    if locked.first() is None:
        Rating.objects.bulk_create([Rating(audiobook_id=audiobook_id)], ignore_conflicts=True)
        locked.first()
    truth = dict.fromkeys(NUMBERS, 0)
    for stars in (review.stars for review in Review.objects.filter(audiobook=audiobook_id, hidden_at=None)):
        truth[f"overall_{stars.overall}"] += 1
        truth["performance_sum"] += stars.performance
        truth["story_sum"] += stars.story
    Rating.objects.filter(pk=audiobook_id).update(**truth, version=F("version") + 1)


# --8<-- [end:repair]


@transaction.atomic
def _counts_repair(review_id: UUID) -> None:
    review = Review.objects.select_for_update(no_key=True).filter(pk=review_id).first()
    if review is not None:
        review.helpful_count = HelpfulVote.objects.filter(review=review).count()
        review.open_reports = Report.objects.filter(review=review, settled_at=None).count()
        review.save(update_fields=["helpful_count", "open_reports"])


REPAIRS: Mapping[SummaryDifference.Kind, Callable[[UUID], None]] = {
    SummaryDifference.Kind.RATING: _rating_repair,
    SummaryDifference.Kind.HELPFUL: _counts_repair,
    SummaryDifference.Kind.REPORTS: _counts_repair,
}
