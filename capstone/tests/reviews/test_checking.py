"""Every night what is shown is compared with what was written: a difference is told, kept, and put right."""

from datetime import UTC, datetime

import pytest
from cast import make_audiobook, tick
from django.db import connection
from django.utils import timezone
from reviews.reviewing import counted_anew, kept, make_review

from audiobooks.catalog.models import Rating
from audiobooks.reviews import tasks
from audiobooks.reviews.models import HelpfulVote, Report, Review, SummaryCheck, SummaryDifference
from audiobooks.reviews.services import checking, summaries_check
from lab_celery.models import OutboxRow
from lab_celery.schedule import publish_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(emma, ada, bo, cy) -> Review:
    """Emma, with three reviews; Bo's helped Cy, who reported it too."""
    make_review(ada, emma, overall=5)
    make_review(cy, emma, overall=1)
    review = make_review(bo, emma)
    Review.objects.filter(pk=review.pk).update(helpful_count=1, open_reports=1)
    HelpfulVote.objects.create(review=review, user=cy, created_at=timezone.now())
    Report.objects.create(
        review=review, reporter=cy, reason="spam", review_version=1, created_at=timezone.now()
    )
    return review


def test_where_all_is_equal_it_says_how_much_it_looked_at(reviewed, ada, django_assert_num_queries):
    make_review(ada, make_audiobook())

    with django_assert_num_queries(6):  # 3 compare; 1 row in a transaction
        check = summaries_check(now=timezone.now())

    assert (check.reviews, check.audiobooks, check.differences) == (4, 2, 0)
    assert not SummaryDifference.objects.exists()


def test_where_nothing_was_ever_reviewed_it_compares_nothing(db):
    check = summaries_check(now=timezone.now())

    assert (check.reviews, check.audiobooks, check.differences) == (0, 0, 0)


@pytest.mark.parametrize(
    ("table", "what", "kind", "kept_as", "truth"),
    [
        (
            "catalog_rating",
            "performance_sum = performance_sum - 1",
            "rating",
            "1 0 0 1 1 14 9",
            "1 0 0 1 1 15 9",
        ),
        ("catalog_rating", "story_sum = story_sum + 1", "rating", "1 0 0 1 1 15 10", "1 0 0 1 1 15 9"),
        ("catalog_rating", "overall_1 = 0, overall_2 = 1", "rating", "0 1 0 1 1 15 9", "1 0 0 1 1 15 9"),
        ("reviews_review", "helpful_count = 7 WHERE helpful_count = 1", "helpful", "7", "1"),
        ("reviews_review", "helpful_count = 3 WHERE overall = 1", "helpful", "3", "0"),
        ("reviews_review", "open_reports = 0 WHERE open_reports = 1", "reports", "0", "1"),
        ("reviews_review", "open_reports = 2 WHERE overall = 5", "reports", "2", "0"),
        ("reviews_review", "overall = 2 WHERE overall = 1", "rating", "1 0 0 1 1 15 9", "0 1 0 1 1 15 9"),
        (
            "reviews_review",
            "hidden_at = now(), hidden_for = 'spam' WHERE overall = 1",
            "rating",
            "1 0 0 1 1 15 9",
            "0 0 0 1 1 10 6",
        ),
    ],
)
def test_each_difference_is_found_told_and_put_right(
    reviewed, emma, caplog, table, what, kind, kept_as, truth
):
    version = Rating.objects.get().version
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {what}")  # noqa: S608 -- of the list above
        assert cursor.rowcount == 1

    first, second = (summaries_check(now=timezone.now()).differences for _ in range(2))

    found = SummaryDifference.objects.get()
    assert (first, second) == (1, 0)
    assert (found.kind, found.kept, found.truth) == (kind, kept_as, truth)
    assert f"The {kind} of {found.object_id} was kept as {kept_as} and is {truth}." in caplog.text
    assert kept(emma) == counted_anew(emma)
    assert Rating.objects.get().version == version + (kind == "rating")  # its ETag changes with it


@pytest.mark.parametrize(
    "sql", ["DELETE FROM catalog_rating", "DELETE FROM reviews_review WHERE overall = 1"]
)
def test_a_lost_row_is_a_difference(reviewed, emma, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)

    assert [summaries_check(now=timezone.now()).differences for _ in range(2)] == [1, 0]
    assert kept(emma) == counted_anew(emma)


def test_what_was_found_is_kept_though_the_repair_fails(reviewed, monkeypatch):
    Rating.objects.update(story_sum=10)

    def fails(_audiobook_id: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(checking, "REPAIRS", {SummaryDifference.Kind.RATING: fails})
    with pytest.raises(RuntimeError):
        summaries_check(now=timezone.now())

    assert (SummaryDifference.objects.count(), Rating.objects.get().story_sum) == (1, 10)


def test_it_is_due_once_a_night(reviewed):
    night = datetime(2030, 1, 2, tzinfo=UTC)

    due = [
        publish_due(now=now).count("reviews.check_due")
        for now in (night, night.replace(hour=23), night.replace(day=3))
    ]
    tick(tasks.check_summaries)

    assert due == [1, 0, 1]
    assert OutboxRow.objects.filter(topic="reviews.check_due").count() == 2
    assert SummaryCheck.objects.get().reviews == 3
