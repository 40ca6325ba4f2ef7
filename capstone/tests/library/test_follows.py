"""Following people and series."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from cast import keep_promises, make_audiobook, make_person, make_series
from catalog.curating import act
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audiobooks.catalog.models import Person
from audiobooks.library import services
from audiobooks.library.models import Follow

pytestmark = pytest.mark.django_db
FOLLOWS = "/api/v1/me/follows/"


@pytest.fixture
def austen(db):
    return make_person("Jane Austen")


@pytest.fixture
def emma(austen):
    return make_audiobook("Emma", authors=[austen])


def follow(client, **thing):
    return client.post(FOLLOWS, {name: str(one.pk) for name, one in thing.items()}, format="json")


def kind(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("#")[2]


def test_following_twice_is_following_once_and_ends(bo, cy, as_user, austen, emma, django_assert_num_queries):
    series = make_series("Highbury", emma.book)
    client, other = as_user(bo), as_user(cy)

    first, again, second = (
        follow(client, person=austen),
        follow(client, person=austen),
        follow(client, series=series),
    )
    with django_assert_num_queries(1):
        listed = client.get(FOLLOWS).json()["results"]
    foreign = other.delete(f"{FOLLOWS}{first.json()['id']}/")
    ended = client.delete(f"{FOLLOWS}{first.json()['id']}/")

    assert [answer.status_code for answer in (first, again, second)] == [201, 200, 201]
    assert first.json() == again.json()
    assert [(one["name"], one["person"], one["series"]) for one in listed] == [
        ("Highbury", None, str(series.pk)),
        ("Jane Austen", str(austen.pk), None),
    ]
    assert kind(foreign) == (404, "follow-unknown")
    assert (ended.status_code, client.delete(f"{FOLLOWS}{first.json()['id']}/").status_code) == (204, 404)
    assert other.get(FOLLOWS).json()["results"] == []


def test_nobody_follows_what_they_may_not_see(bo, as_user, emma):
    hidden = make_person("Hidden")
    draft = make_audiobook(status="draft", authors=[hidden])
    client = as_user(bo)

    assert kind(follow(client, person=hidden)) == (404, "person-unknown")
    assert kind(follow(client, series=make_series("Hidden", draft.book))) == (404, "series-unknown")
    assert kind(client.post(FOLLOWS, {"person": str(uuid4())}, format="json")) == (404, "person-unknown")
    assert kind(client.post(FOLLOWS, {}, format="json")) == (400, "follow-one-thing")
    both = {"person": str(uuid4()), "series": str(uuid4())}
    assert kind(client.post(FOLLOWS, both, format="json")) == (400, "follow-one-thing")
    assert not Follow.objects.exists()


def test_one_thousand_follows_are_the_most(bo, as_user, austen, emma, monkeypatch):
    monkeypatch.setattr(Follow, "MOST", 1)
    Follow.objects.create(user=bo, series=make_series("S", emma.book), created_at=timezone.now())

    assert kind(follow(as_user(bo), person=austen)) == (409, "too-many-follows")


def test_the_database_holds_one_follow_of_one_thing(bo, austen, emma):
    now, series = timezone.now(), make_series("S", emma.book)
    Follow.objects.create(user=bo, person=austen, created_at=now)

    for wrong in ({"person": austen}, {}, {"person": make_person(), "series": series}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(user=bo, created_at=now, **wrong)


@pytest.mark.django_db(transaction=True)
def test_four_who_follow_at_once_for_one_listener_make_one_follow(bo, austen, emma):
    start = Barrier(4)

    def begin(_number: int) -> bool:
        try:
            start.wait()
            return services.follow_begin(
                bo.principal, user_id=bo.pk, person_id=austen.pk, series_id=None, now=timezone.now()
            )[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(begin, range(4))) == [False, False, False, True]


def test_who_is_merged_is_followed_on(ada, bo, cy, as_user, austen, emma):
    duplicate = make_person("J. Austen")
    make_audiobook("Persuasion", authors=[duplicate])
    for user, people in ((bo, [duplicate]), (cy, [duplicate, austen])):
        for person in people:
            assert follow(as_user(user), person=person).status_code == 201

    act(as_user(ada), f"people/{duplicate.pk}/", "merge", {"into": str(austen.pk)})
    meanwhile = as_user(bo).get(FOLLOWS).json()["results"]
    for _ in range(2):
        keep_promises()

    assert meanwhile == []
    assert {(one.user, one.person) for one in Follow.objects.all()} == {(bo, austen), (cy, austen)}
    assert Follow.objects.count() == 2
    assert Person.objects.get() == austen
