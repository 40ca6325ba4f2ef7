"""Whatever authors, readers and staff do, in whatever order: ratings and counts are what counting anew finds."""

import os
from dataclasses import dataclass
from itertools import count

import pytest
from cast import make_audiobook, make_user
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviews.reviewing import Reviewer, counted_anew, kept

from audiobooks.reviews.models import HelpfulVote, Report, Review
from audiobooks.reviews.services import reviews_forget, summaries_check

AT_NIGHT = bool(os.environ.get("NEXUS_ALL"))
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600 if AT_NIGHT else 240)]
PEOPLE, BOOKS = 3, 2
number = count()


@dataclass(frozen=True)
class Act:
    """Somebody does something about the review that somebody has written of a recording."""

    what: str
    who: int
    author: int
    book: int
    stars: tuple[int, int, int]


ACTS = ["write", "change", "delete", "vote", "take back", "report", "hide", "restore", "dismiss", "forget"]
acts = st.builds(
    Act,
    what=st.sampled_from([*ACTS, "write", "write", "change", "hide", "vote"]),
    who=st.integers(0, PEOPLE - 1),
    author=st.integers(0, PEOPLE - 1),
    book=st.integers(0, BOOKS - 1),
    stars=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
)


class World:
    """Three listeners, who also read, one of the staff, and two recordings."""

    def __init__(self) -> None:
        run = next(number)
        self.people = [Reviewer(make_user(f"listener-{run}-{n}")) for n in range(PEOPLE)]
        self.staff = Reviewer(make_user(f"staff-{run}", role="staff"))
        self.books = [make_audiobook() for _ in range(BOOKS)]

    def act(self, act: Act) -> int:
        """Do it over HTTP and return the status; what cannot be done just now is refused."""
        who, author, book = self.people[act.who], self.people[act.author], self.books[act.book]
        stars = dict(zip(("overall", "performance", "story"), act.stars, strict=True))
        if act.what == "write":
            return who.write(book, **stars).status_code
        if act.what == "forget":
            reviews_forget(user_id=who.user.pk)
            return 204
        review = Review.objects.filter(user=author.user, audiobook=book).first()
        if review is None:
            return 404
        one = f"reviews/{review.pk}/"
        return {
            "change": lambda: who.change(review.pk, seen='"x"' if who is not author else "", **stars),
            "delete": lambda: who.delete(one),
            "vote": lambda: who.put(f"{one}vote/"),
            "take back": lambda: who.delete(f"{one}vote/"),
            "report": lambda: who.put(f"{one}report/", {"reason": "spam"}),
            "hide": lambda: self.staff.decide(review.pk, "hide", reason="spam"),
            "restore": lambda: self.staff.decide(review.pk, "restore"),
            "dismiss": lambda: self.staff.decide(review.pk, "dismiss"),
        }[act.what]().status_code

    def check(self) -> None:
        """Compare everything that is kept with what counting anew finds."""
        for book in self.books:
            assert kept(book) == counted_anew(book)
        for review in Review.objects.all():
            assert review.helpful_count == HelpfulVote.objects.filter(review=review).count()
            assert review.open_reports == Report.objects.filter(review=review, settled_at=None).count()
            assert (review.open_reports == 0) or review.hidden_at is None


@settings(
    max_examples=500 if AT_NIGHT else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schedule=st.lists(acts, min_size=5, max_size=25))
def test_after_each_act_of_any_schedule_what_is_shown_is_what_was_written(db, schedule):
    world = World()

    statuses = []
    for act in schedule:
        statuses.append(world.act(act))
        world.check()

    assert set(statuses) <= {200, 201, 204, 403, 404, 409, 412}
    assert summaries_check(now=timezone.now()).differences == 0
