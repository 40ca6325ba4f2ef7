"""Real transactions side by side: ratings and counts stay what was written, and nobody waits for ever."""

import random
from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from cast import make_audiobook, make_user
from django.db import connection, transaction
from django.utils import timezone
from media.processes import eventually
from reviews.reviewing import Reviewer, counted_anew, kept, make_review

from audiobooks.catalog.models import Audiobook, Rating
from audiobooks.reviews.models import HelpfulVote, Review
from audiobooks.reviews.services import reviews_forget, summaries_check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def side_by_side(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread and transactions of its own, all at once; return what each returns, or raises."""
    start, found = Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait()
            found[place] = work()
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            found[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_eight_first_reviews_of_a_recording_at_once_are_eight(emma):
    listeners = [make_user(f"listener-{n}") for n in range(8)]

    found = side_by_side(*(lambda user=user: make_review(user, emma) for user in listeners))

    assert [type(one) for one in found] == [Review] * 8
    assert kept(emma) == counted_anew(emma) == ([0, 0, 0, 8, 0], 40, 24)


def test_of_eight_reviews_by_one_listener_at_once_one_is_written(author, emma):
    found = side_by_side(*(lambda: author.write(emma).status_code for _ in range(8)))

    assert Counter(found) == {201: 1, 409: 7}
    assert kept(emma) == counted_anew(emma) == ([0, 0, 0, 1, 0], 5, 3)


def test_of_an_author_and_staff_at_once_both_or_one_is_done_and_the_rating_is_right(author, staff, emma):
    outcomes = Counter()
    for _ in range(6):
        review = make_review(author.user, emma)
        seen = author.get(f"reviews/{review.pk}/")["ETag"]
        change, hide, delete = side_by_side(
            lambda: author.change(review.pk, seen=seen, overall=1).status_code,  # noqa: B023 -- run at once
            lambda: staff.decide(review.pk, "hide", seen=seen, reason="spam").status_code,  # noqa: B023
            lambda: author.delete(f"reviews/{review.pk}/").status_code,  # noqa: B023
        )
        outcomes[change, hide, delete] += 1
        assert kept(emma) == counted_anew(emma) == ([0] * 5, 0, 0)

    assert {status for outcome in outcomes for status in outcome} <= {200, 204, 404, 412}
    assert {delete for _, _, delete in outcomes} == {204}
    assert not any((change, hide) == (200, 200) for change, hide, _ in outcomes)


def test_votes_at_once_count_each_once(author, emma):
    review = make_review(author.user, emma)
    readers = [Reviewer(make_user(f"reader-{n}")) for n in range(5)]

    found = side_by_side(
        *(
            lambda one=one: one.put(f"reviews/{review.pk}/vote/").status_code
            for one in readers
            for _ in range(2)
        )
    )

    assert Counter(found) == {201: 5, 200: 5}
    assert Review.objects.get().helpful_count == HelpfulVote.objects.count() == 5


class Life:
    """A listener with dice, who writes, changes, takes back, votes and goes; and calls staff, who hide and show again."""

    def __init__(self, me: Reviewer, staff: Reviewer, books: list[Audiobook], seed: int) -> None:
        self.me, self.staff, self.books = me, staff, books
        self.dice = random.Random(seed)  # noqa: S311 -- nobody has to guess it

    def live(self) -> list[int]:
        return [self.act() for _ in range(25)]

    def stars(self) -> dict[str, int]:
        return {axis: self.dice.randint(1, 5) for axis in ("overall", "performance", "story")}

    def act(self) -> int:
        book, act = self.dice.choice(self.books), self.dice.randrange(10)
        mine = Review.objects.filter(user=self.me.user, audiobook=book).first()
        if act == 0:
            reviews_forget(user_id=self.me.user.pk)
            return 204
        if mine is None:
            return self.me.write(book, **self.stars()).status_code
        if act < 4:
            return self.me.change(mine.pk, **self.stars()).status_code
        if act == 4:
            return self.me.delete(f"reviews/{mine.pk}/").status_code
        return self.about_another(book)

    def about_another(self, book: Audiobook) -> int:
        other = Review.objects.filter(audiobook=book).exclude(user=self.me.user).order_by("?").first()
        if other is None:
            return 404
        if self.dice.randrange(2):
            return self.me.put(f"reviews/{other.pk}/vote/").status_code
        seen = self.staff.get(f"staff/reviews/{other.pk}/")
        is_hidden = seen.status_code == 200 and seen.json()["hidden"]
        verb, body = ("restore", {}) if is_hidden else ("hide", {"reason": "spam"})
        etag = seen.headers.get("ETag", '"gone"')
        return self.staff.decide(other.pk, verb, seen=etag, **body).status_code


def test_everybody_at_once_leaves_no_difference(staff):
    books = [make_audiobook() for _ in range(4)]
    lives = [Life(Reviewer(make_user(f"listener-{n}")), staff, books, n) for n in range(6)]

    found = side_by_side(*(life.live for life in lives))

    assert [type(one) for one in found] == [list] * 6, found
    statuses = Counter(status for one in found for status in one)
    assert set(statuses) <= {200, 201, 204, 404, 409, 412}
    assert statuses[200] > 20 < statuses[201]
    for book in books:
        assert kept(book) == counted_anew(book)
    assert summaries_check(now=timezone.now()).differences == 0


def test_the_nightly_comparison_finds_nothing_wrong_with_what_is_being_written(emma, ada, bo):
    make_review(ada, emma)
    stop: list[bool] = []

    def write() -> int:
        author, written = Reviewer(bo), 0
        while not stop:
            review = author.write(emma).json()["id"]
            author.change(review, overall=1)
            author.delete(f"reviews/{review}/")
            written += 1
        return written

    def compare() -> int:
        try:
            return sum(summaries_check(now=timezone.now()).differences for _ in range(40))
        finally:
            stop.append(True)

    written, differences = side_by_side(write, compare)

    assert isinstance(written, int), written
    assert (written > 0, differences) == (True, 0)


def test_nobody_sees_a_review_before_its_rating(emma, ada, bo):
    make_review(ada, emma)
    seen: list[int] = []

    def write() -> None:
        held.wait()
        make_review(bo, emma)

    def look() -> None:
        with transaction.atomic():
            Rating.objects.select_for_update().get(pk=emma.pk)
            held.wait()
            eventually(somebody_waits)  # the writer, with a review in hand
            seen.append(Review.objects.count())

    held = Barrier(2)
    side_by_side(write, look)

    assert (seen, Review.objects.count()) == ([1], 2)
    assert kept(emma) == counted_anew(emma)


def somebody_waits() -> bool:
    """Tell whether a transaction waits for another's row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the first it saw
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def test_a_repair_waits_for_who_is_writing_and_loses_nothing_of_theirs(emma, ada, bo):
    """A writer holds the rating while the comparison wants to put it right: both are in it afterwards."""
    make_review(ada, emma)
    Rating.objects.filter(pk=emma.pk).update(overall_4=2, performance_sum=10, story_sum=6)
    holds, may_commit = Barrier(2), Barrier(2)

    def write() -> None:
        with transaction.atomic():
            make_review(bo, emma)
            holds.wait()
            may_commit.wait()

    def repair() -> int:
        holds.wait()
        return summaries_check(now=timezone.now()).differences

    def let_go() -> None:
        eventually(somebody_waits)
        may_commit.wait()

    _, differences, _ = side_by_side(write, repair, let_go)

    assert differences == 1
    assert kept(emma) == counted_anew(emma) == ([0, 0, 0, 2, 0], 10, 6)
