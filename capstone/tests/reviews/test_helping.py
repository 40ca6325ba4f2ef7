"""Readers say that a review helped, and report what should not be there: once each, and never of their own."""

import pytest
from reviews.reviewing import kind, make_review

from audiobooks.reviews.models import HelpfulVote, Report, Review

pytestmark = pytest.mark.django_db


def test_a_vote_counts_once_and_is_taken_back(author, reader, emma):
    path = f"reviews/{make_review(author.user, emma).pk}/vote/"

    said = [reader.put(path) for _ in range(2)]
    back = [reader.delete(path).status_code for _ in range(2)]

    assert [answer.status_code for answer in said] == [201, 200]
    assert [(one.json()["helpful_count"], one.json()["found_helpful"]) for one in said] == [(1, True)] * 2
    assert back == [204, 404]
    assert (Review.objects.get().helpful_count, HelpfulVote.objects.count()) == (0, 0)


def test_nobody_votes_for_their_own(author, emma):
    path = f"reviews/{make_review(author.user, emma).pk}"

    assert kind(author.put(f"{path}/vote/")) == (403, "own-review")
    assert kind(author.put(f"{path}/report/", {"reason": "spam"})) == (403, "own-review")
    assert kind(author.delete(f"{path}/vote/")) == (404, "vote-unknown")
    assert Review.objects.get().helpful_count == 0


def test_votes_and_reports_change_neither_version_nor_the_rating(author, reader, emma):
    review = make_review(author.user, emma)
    version = emma.rated.version

    reader.put(f"reviews/{review.pk}/vote/")
    reader.put(f"reviews/{review.pk}/report/", {"reason": "abuse"})

    assert (Review.objects.get().version, emma.rated.version) == (1, version)


def test_a_report_is_one_whoever_often_it_is_sent_and_says_what_was_said_last(author, reader, staff, emma):
    review = make_review(author.user, emma)
    path = f"reviews/{review.pk}/report/"

    first = reader.put(path, {"reason": "spam"})
    second = reader.put(path, {"reason": "abuse", "note": "<b>It</b> insults Cy."})

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() | {"created_at": ""} == {
        "reason": "abuse",
        "note": "It insults Cy.",
        "created_at": "",
        "settled_at": None,
    }
    assert (Report.objects.count(), Review.objects.get().open_reports) == (1, 1)
    assert "open_reports" not in author.get(f"reviews/{review.pk}/").json()


def test_what_staff_dismissed_is_heard_again_once_the_author_changes_it(author, reader, staff, emma):
    review = make_review(author.user, emma)
    path = f"reviews/{review.pk}/report/"
    reader.put(path, {"reason": "spam"})
    staff.decide(review.pk, "dismiss")

    again = reader.put(path, {"reason": "abuse"})
    assert (again.status_code, again.json()["reason"]) == (200, "spam")
    assert again.json()["settled_at"] is not None
    assert Review.objects.get().open_reports == 0

    author.change(review.pk, text="Worse")
    anew = reader.put(path, {"reason": "abuse"})
    assert (anew.status_code, anew.json()["reason"], anew.json()["settled_at"]) == (200, "abuse", None)
    assert Review.objects.get().open_reports == 1


@pytest.mark.parametrize(
    "body", [{}, {"reason": "boring"}, {"reason": "spam", "note": "x" * 1001}, {"reason": "spam", "by": "x"}]
)
def test_what_is_no_report(author, reader, emma, body):
    review = make_review(author.user, emma)

    assert kind(reader.put(f"reviews/{review.pk}/report/", body)) == (400, "invalid-input")
    assert not Report.objects.exists()


def test_who_is_switched_off_helps_nobody(author, reader, emma):
    review = make_review(author.user, emma)
    reader.user.is_active = False
    reader.user.save()

    assert kind(reader.put(f"reviews/{review.pk}/vote/")) == (404, "account-gone")
    assert kind(reader.put(f"reviews/{review.pk}/report/", {"reason": "spam"})) == (404, "account-gone")
