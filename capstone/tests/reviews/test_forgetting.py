"""When an account goes, its reviews and votes go, and ratings and counts with them."""

import pytest
from cast import make_audiobook, make_user
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from reviews.reviewing import Reviewer, counted_anew, kept, make_review

from audiobooks.reviews.models import HelpfulVote, Report, Review
from audiobooks.reviews.services import reviews_forget, summaries_check

pytestmark = pytest.mark.django_db


def test_nothing_of_a_forgotten_listener_counts_any_more(author, reader, staff, emma):
    other = make_audiobook()
    make_review(author.user, emma, overall=1)
    make_review(author.user, other)
    theirs = make_review(reader.user, emma)
    author.put(f"reviews/{theirs.pk}/vote/")
    author.put(f"reviews/{theirs.pk}/report/", {"reason": "abuse", "note": "It names me."})
    Reviewer(make_user("third")).put(f"reviews/{theirs.pk}/vote/")

    for _ in range(2):
        reviews_forget(user_id=author.user.pk)
    author.user.delete()

    assert list(Review.objects.all()) == [theirs]
    assert Review.objects.get().helpful_count == HelpfulVote.objects.count() == 1
    assert kept(emma) == counted_anew(emma) == ([0, 0, 0, 1, 0], 5, 3)
    assert kept(other) == counted_anew(other) == ([0] * 5, 0, 0)
    report = Report.objects.get()
    assert (report.reporter, report.note, report.reason) == (None, "", "abuse")
    (queued,) = staff.results("staff/reviews/")
    assert (queued["open_reports"], queued["reports"][0]["reporter"]) == (1, None)
    assert summaries_check(now=timezone.now()).differences == 0


def test_a_hidden_review_that_is_forgotten_is_not_taken_out_twice(author, staff, emma):
    review = make_review(author.user, emma)
    staff.decide(review.pk, "hide", reason="spam")

    reviews_forget(user_id=author.user.pk)

    assert kept(emma) == counted_anew(emma) == ([0] * 5, 0, 0)


def test_what_it_costs_does_not_depend_on_the_votes(author, emma, django_assert_num_queries):
    def costs(votes: int, queries: int) -> None:
        for n in range(votes):
            review = make_review(make_user(f"listener-{votes}-{n}"), emma)
            author.put(f"reviews/{review.pk}/vote/")
        with django_assert_num_queries(queries):
            reviews_forget(user_id=author.user.pk)

    costs(1, 7)
    costs(6, 7)


@pytest.mark.parametrize("act", ["write", "vote"])
def test_the_database_keeps_an_account_whose_words_are_still_counted(author, reader, emma, act):
    review = make_review(author.user, emma)
    reader.put(f"reviews/{review.pk}/vote/")
    user = author.user if act == "write" else reader.user

    with pytest.raises(ProtectedError), transaction.atomic():
        user.delete()

    reviews_forget(user_id=user.pk)
    assert user.delete()[0] > 0


def test_the_word_of_a_moderator_who_left_stands_without_their_name(author, staff, emma):
    review = make_review(author.user, emma)
    staff.decide(review.pk, "hide", reason="spam")
    reviews_forget(user_id=staff.user.pk)
    staff.user.delete()

    other = Reviewer(make_user("another", role="staff"))
    assert other.get(f"staff/reviews/{review.pk}/").json()["decisions"][0]["moderator"] is None


def test_a_recording_that_goes_takes_its_reviews_and_rating_with_it(author, reader, emma):
    review = make_review(author.user, emma)
    reader.put(f"reviews/{review.pk}/vote/")

    emma.delete()

    assert not Review.objects.exists()
    assert not HelpfulVote.objects.exists()
    assert summaries_check(now=timezone.now()).audiobooks == 0
