"""At 12,000 reviews of one recording and 12,000 of others, a page is read from an index: no table is read whole."""

import json
from typing import Any

import pytest
from cast import make_audiobook
from django.db import connection

from audiobooks.catalog.models import Audiobook
from audiobooks.principal import ANONYMOUS
from audiobooks.reviews.models import Review
from audiobooks.reviews.rest.filters import STATES
from audiobooks.reviews.rest.moderating import ReviewQueue
from audiobooks.reviews.rest.reading import Reviews
from audiobooks.reviews.selectors import review_queue, reviews_of_audiobook

pytestmark = pytest.mark.django_db
USERS = """
    INSERT INTO accounts_user (id, username, email, role, is_active, created_at, password, password_version, is_superuser)
    SELECT md5(n::text)::uuid, 'listener-' || n, 'listener-' || n || '@example.org', 'listener', true, now(), '', 0, false
    FROM generate_series(1, 12000) AS n"""
REVIEWS = """
    INSERT INTO reviews_review (id, audiobook_id, user_id, overall, performance, story, text, is_spoiler, created_at, version,
        revision, helpful_count, open_reports, queued_at, hidden_at, hidden_for, hidden_note)
    SELECT gen_random_uuid(), %s, md5(n::text)::uuid, 1 + n %% 5, 3, 3, 'Words', false, now() - n * interval '1 min', 1,
        1, n %% 97, (n %% 500 = 0)::int, now() - n * interval '1 min',
        CASE WHEN n %% 400 = 0 THEN now() END, CASE WHEN n %% 400 = 0 THEN 'spam' ELSE '' END, ''
    FROM generate_series(1, %s) AS n"""


@pytest.fixture
def crowded(db) -> Audiobook:
    book = make_audiobook()
    with connection.cursor() as cursor:
        cursor.execute(USERS)
        for one, number in ((book, 12_000), (make_audiobook(), 6_000), (make_audiobook(), 6_000)):
            cursor.execute(REVIEWS, [one.pk, number])
        cursor.execute("ANALYZE reviews_review")
        cursor.execute("ANALYZE accounts_user")
    return book


def nodes_of(queryset: Any) -> list[dict[str, Any]]:
    """Return the nodes of the plan, flat."""
    found, todo = [], [json.loads(queryset.explain(format="json"))[0]["Plan"]]
    while todo:
        found.append(todo.pop())
        todo += found[-1].get("Plans", [])
    return found


def assert_read_from(queryset: Any, index: str, *, most_sorted: int = 0) -> None:
    nodes = nodes_of(queryset)
    assert index in {node.get("Index Name") for node in nodes}
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan" and node["Plan Rows"] > 1000]
    assert not [
        node for node in nodes if node["Node Type"].endswith("Sort") and node["Plan Rows"] > most_sorted
    ]


def test_each_ordering_of_each_list_has_its_index(crowded):
    indexes = {"helpful_count": "review_by_help", "created_at": "review_by_age", "overall": "review_by_stars"}
    listed = reviews_of_audiobook(ANONYMOUS, crowded.pk)

    for columns in Reviews.orderings.values():
        assert_read_from(listed.order_by(*columns)[:26], indexes[columns[0].lstrip("-")])


def test_the_queue_of_staff_has_its_index_whatever_is_asked_of_it(crowded):
    for columns in ReviewQueue.orderings.values():
        assert_read_from(review_queue().order_by(*columns)[:26], "review_queue", most_sorted=200)
        for state in STATES.values():
            assert_read_from(
                review_queue().filter(state).order_by(*columns)[:26], "review_queue", most_sorted=200
            )


def test_a_listeners_own_are_found_by_the_key_that_keeps_them_one(crowded):
    mine = Review.objects.filter(user=Review.objects.first().user_id)

    assert "review_once" in {node.get("Index Name") for node in nodes_of(mine)}
