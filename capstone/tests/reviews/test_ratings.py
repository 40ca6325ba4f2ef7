"""A recording shows what listeners think of it: in lists and on its page, at no further query, under an honest ETag."""

import pytest
from cast import make_audiobook, make_user
from django.db import IntegrityError, transaction
from reviews.reviewing import API, Reviewer, kept, make_review

from audiobooks.catalog.models import Rating
from audiobooks.catalog.services.ratings import Stars, rating_change
from audiobooks.reviews.models import Review
from lab_caching import metrics
from lab_caching.local import memory

pytestmark = pytest.mark.django_db(transaction=True)  # what is kept of the catalogue is let go of on commit
NOTHING = {"count": 0, "overall": None, "performance": None, "story": None, "histogram": [0] * 5}


def shown(client, audiobook) -> list[dict]:
    """Return the rating in the list and on the page, as a process answers that has kept nothing of its own."""
    memory.clear()
    listed = {one["id"]: one for one in client.get(f"{API}audiobooks/").json()["results"]}
    return [
        listed[str(audiobook.pk)]["rating"],
        client.get(f"{API}audiobooks/{audiobook.pk}/").json()["rating"],
    ]


def test_list_and_page_show_the_rating(anybody, emma, ada, bo, cy):
    assert shown(anybody, emma) == [NOTHING] * 2

    make_review(ada, emma, overall=5, performance=5, story=4)
    make_review(bo, emma, overall=5, performance=4, story=4)
    make_review(cy, emma, overall=3, performance=5, story=4)

    rating = {"count": 3, "overall": 4.33, "performance": 4.67, "story": 4.0, "histogram": [0, 0, 1, 0, 2]}
    assert shown(anybody, emma) == [rating] * 2
    Reviewer(bo).delete(f"reviews/{Review.objects.get(user=bo).pk}/")
    assert shown(anybody, emma)[0] == {
        "count": 2,
        "overall": 4.0,
        "performance": 5.0,
        "story": 4.0,
        "histogram": [0, 0, 1, 0, 1],
    }


def test_the_rating_costs_no_query_more(anybody, emma, bo, django_assert_num_queries):
    make_review(bo, emma)
    for n in range(5):
        make_review(make_user(f"listener-{n}"), make_audiobook())

    memory.clear()
    with django_assert_num_queries(1):
        assert len(anybody.get(f"{API}audiobooks/").json()["results"]) == 6
    with django_assert_num_queries(1):
        anybody.get(f"{API}audiobooks/{emma.pk}/")


def test_the_etag_changes_with_the_rating_and_with_nothing_else_that_reviewers_do(anybody, emma, bo, cy):
    def etags() -> tuple[str, str]:
        memory.clear()
        return anybody.get(f"{API}audiobooks/")["ETag"], anybody.get(f"{API}audiobooks/{emma.pk}/")["ETag"]

    before = etags()
    review = make_review(bo, emma)
    reviewed = etags()
    Reviewer(bo).change(review.pk, text="Words", is_spoiler=True)
    Reviewer(cy).put(f"reviews/{review.pk}/vote/")
    worded = etags()
    Reviewer(bo).change(review.pk, story=1)
    restarred = etags()

    assert reviewed == worded
    assert len({before[0], reviewed[0], restarred[0]}) == len({before[1], reviewed[1], restarred[1]}) == 3
    memory.clear()
    path = f"{API}audiobooks/{emma.pk}/"
    assert anybody.get(path, headers={"If-None-Match": restarred[1]}).status_code == 304
    assert anybody.get(path, headers={"If-None-Match": reviewed[1]}).status_code == 200


def test_a_curator_is_not_refused_because_somebody_gave_stars(anybody, emma, ada, bo):
    curator, path = Reviewer(ada), f"{API}audiobooks/{emma.pk}/"
    seen = curator.client.get(path)["ETag"]
    make_review(bo, emma)

    first = curator.client.patch(path, {"subtitle": "A"}, format="json", headers={"If-Match": seen})
    second = curator.client.patch(path, {"subtitle": "B"}, format="json", headers={"If-Match": seen})

    assert (first.status_code, second.status_code) == (200, 412)
    assert first["ETag"] == curator.client.get(path)["ETag"] != seen
    assert first.json()["rating"]["count"] == 1


def test_only_what_changes_a_rating_lets_go_of_the_catalogues_answers(emma, bo, cy):
    def bumps() -> int:
        return metrics.read_bumps().get("catalog", 0)

    start = bumps()
    review = make_review(bo, emma)
    written = bumps()
    Reviewer(bo).change(review.pk, text="Words")
    Reviewer(cy).put(f"reviews/{review.pk}/vote/")
    Reviewer(cy).put(f"reviews/{review.pk}/report/", {"reason": "spam"})
    same = bumps()
    Reviewer(bo).change(review.pk, overall=1)

    assert start < written == same < bumps()


def test_a_review_that_is_rolled_back_was_never_counted(emma, bo):
    with transaction.atomic():
        make_review(bo, emma)
        transaction.set_rollback(True)

    assert kept(emma) == ([0] * 5, 0, 0)
    assert not Review.objects.exists()


def test_the_database_refuses_a_rating_that_cannot_be(emma):
    rating_change(audiobook_id=emma.pk, before=None, after=Stars(5, 5, 5))

    for wrong in ({"performance_sum": 6}, {"performance_sum": 0}, {"story_sum": 6}, {"overall_5": 0}):
        with pytest.raises(IntegrityError):
            Rating.objects.filter(pk=emma.pk).update(**wrong)
    rating_change(audiobook_id=emma.pk, before=Stars(5, 5, 5), after=None)
    with pytest.raises(IntegrityError):  # what was taken out already
        rating_change(audiobook_id=emma.pk, before=Stars(5, 5, 5), after=None)


def test_a_rating_changes_by_one_query_and_not_at_all_where_nothing_changed(emma, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(3):
        rating_change(audiobook_id=emma.pk, before=None, after=Stars(1, 2, 3))
    with django_assert_num_queries(1):
        rating_change(audiobook_id=emma.pk, before=Stars(1, 2, 3), after=Stars(5, 2, 3))
    with django_assert_num_queries(0):
        rating_change(audiobook_id=emma.pk, before=Stars(5, 2, 3), after=Stars(5, 2, 3))

    assert kept(emma) == ([0, 0, 0, 0, 1], 2, 3)


@pytest.mark.parametrize(
    "but",
    [
        {"overall": 0},
        {"story": 6},
        {"hidden_for": "spam"},
        {"hidden_note": "Why?"},
        {"hidden_at": "2026-01-01T00:00:00Z"},
        {"hidden_at": "2026-01-01T00:00:00Z", "hidden_for": "boring"},
    ],
)
def test_the_database_refuses_a_review_that_cannot_be(emma, bo, but):
    make_review(bo, emma)

    with pytest.raises(IntegrityError):
        Review.objects.update(**but)


def test_the_database_refuses_a_second_review(emma, bo):
    review = make_review(bo, emma)
    review.pk = None
    review._state.adding = True

    with pytest.raises(IntegrityError, match="review_once"):
        review.save(force_insert=True)
