"""What is read of a recording: everybody's reviews, in pages, in an order, at a constant cost."""

from datetime import timedelta

import pytest
from cast import make_audiobook, make_user
from django.utils import timezone
from reviews.reviewing import API, Reviewer, kind, make_review

from audiobooks.reviews.models import Review

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(emma) -> list[Review]:
    """Eight listeners, who give 1 to 5 stars; the first says nothing, the second warns."""
    start = timezone.now() - timedelta(days=1)
    reviews = [
        make_review(
            make_user(f"listener-{n}"),
            emma,
            overall=1 + n % 5,
            text="Words" if n else "",
            is_spoiler=n == 1,
            now=start + timedelta(hours=n),
        )
        for n in range(8)
    ]
    for n, review in enumerate(reviews):
        Review.objects.filter(pk=review.pk).update(helpful_count=(n * 3) % 7)
    return reviews


def authors(client, emma, **query) -> list[str]:
    """Return whose reviews a list holds, page after page of three."""
    found, address = [], f"{API}audiobooks/{emma.pk}/reviews/"
    query = {"limit": 3} | query
    while address:
        answer = client.get(address, query)
        assert answer.status_code == 200, answer.content
        found += [one["author"][-1] for one in answer.json()["results"]]
        address, query = answer.json()["next"], {}
    return found


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("-helpful", "24613570"),  # votes: 0 3 6 2 5 1 4 0
        ("-created_at", "76543210"),
        ("-overall", "43726150"),
        ("overall", "05162734"),
    ],
)
def test_each_ordering_in_pages_is_the_ordering(anybody, emma, many, ordering, found):
    assert "".join(authors(anybody, emma, ordering=ordering)) == found


def test_what_helped_most_comes_first_unless_another_order_is_asked_for(anybody, emma, many):
    assert authors(anybody, emma) == authors(anybody, emma, ordering="-helpful")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"overall": "5"}, "4"),
        ({"overall": "1"}, "05"),
        ({"is_spoiler": "true"}, "1"),
        ({"is_spoiler": "false", "overall": "2"}, "6"),
        ({"has_text": "false"}, "0"),
        ({"has_text": "true", "overall": "1"}, "5"),
    ],
)
def test_reviews_are_filtered(anybody, emma, many, query, found):
    assert "".join(authors(anybody, emma, ordering="overall", **query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"overall": "6"},
        {"overall": "4.5"},
        {"is_spoiler": "2"},
        {"has_text": "yes"},
        {"ordering": "text"},
        {"user": "bo"},
        {"limit": "101"},
        {"cursor": "x"},
    ],
)
def test_what_cannot_be_asked_is_named(anybody, emma, query):
    assert anybody.get(f"{API}audiobooks/{emma.pk}/reviews/", query).status_code == 400


def test_a_list_costs_two_queries_however_long_it_is(anybody, author, emma, many, django_assert_num_queries):
    for client in (anybody, author.client):
        for limit in (1, 8):
            with django_assert_num_queries(2):
                assert (
                    len(client.get(f"{API}audiobooks/{emma.pk}/reviews/", {"limit": limit}).json()["results"])
                    == limit
                )


def test_one_review_and_ones_own_cost_one_query(author, emma, many, django_assert_num_queries):
    make_review(author.user, emma)

    with django_assert_num_queries(1):
        assert author.get(f"reviews/{many[0].pk}/").status_code == 200
    with django_assert_num_queries(1):
        assert len(author.results("me/reviews/")) == 1


def test_a_list_says_what_the_caller_has_to_do_with_each(author, reader, emma):
    mine, theirs = make_review(author.user, emma), make_review(reader.user, emma)
    author.put(f"reviews/{theirs.pk}/vote/")

    seen = {
        one["id"]: (one["is_yours"], one["found_helpful"], one["helpful_count"])
        for one in author.results(f"audiobooks/{emma.pk}/reviews/")
    }

    assert seen == {str(mine.pk): (True, False, 0), str(theirs.pk): (False, True, 1)}


@pytest.mark.parametrize(
    ("but", "nobody", "member"),
    [
        ({}, 200, 200),
        ({"access": "members"}, 404, 200),
        ({"access": "restricted"}, 404, 200),
        ({"status": "draft"}, 404, 404),
    ],
)
def test_who_sees_the_recording_reads_its_reviews(anybody, as_user, ada, bo, but, nobody, member):
    book = make_audiobook(**but)
    review = make_review(ada, book)

    for path in (f"audiobooks/{book.pk}/reviews/", f"reviews/{review.pk}/"):
        assert anybody.get(API + path).status_code == nobody
        assert as_user(bo).get(API + path).status_code == member


@pytest.mark.parametrize("review_id", ["1", "01890a5d-ac96-774b-bcce-b302099a8057", "%00", "x" * 300])
def test_a_review_that_is_none_is_a_404(author, review_id):
    answers = [
        author.get(f"reviews/{review_id}/"),
        author.put(f"reviews/{review_id}/vote/"),
        author.delete(f"reviews/{review_id}/vote/"),
        author.put(f"reviews/{review_id}/report/", {"reason": "spam"}),
        author.delete(f"reviews/{review_id}/"),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_a_hidden_review_is_its_authors_and_staffs(anybody, author, reader, staff, ada, emma):
    review = make_review(author.user, emma, text="Buy at example.com")
    staff.decide(review.pk, "hide", reason="spam", note="No advertising.")

    assert kind(anybody.get(f"{API}reviews/{review.pk}/")) == (404, "review-unknown")
    assert [
        one.get(f"reviews/{review.pk}/").status_code for one in (reader, Reviewer(ada), author, staff)
    ] == [404, 404, 200, 200]
    assert kind(reader.put(f"reviews/{review.pk}/vote/")) == (404, "review-unknown")
    assert kind(reader.put(f"reviews/{review.pk}/report/", {"reason": "spam"})) == (404, "review-unknown")
    assert author.results(f"audiobooks/{emma.pk}/reviews/") == []
    (mine,) = author.results("me/reviews/")
    assert (mine["hidden"]["reason"], mine["hidden"]["note"]) == ("spam", "No advertising.")
