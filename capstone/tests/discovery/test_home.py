"""The home page: what is on its shelves, for whom, why, and what it costs."""

from datetime import date, timedelta

import pytest
from cast import make_audiobook, make_book, make_person, make_series
from discovery.catalogue import make_catalogue
from django.utils import timezone

from audiobooks.demo.listening import taste_store
from audiobooks.library.models import Follow, LibraryEntry
from audiobooks.library.services import grant_give
from audiobooks.playback.models import Device, ListeningPosition

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = 3_600_000


def listen(user, audiobook, position_ms: int, days_ago: int = 0) -> None:
    device, _ = Device.objects.get_or_create(
        user=user, client_id=user.pk, defaults={"name": "Phone", "created_at": NOW}
    )
    ListeningPosition.objects.create(
        user=user,
        audiobook=audiobook,
        device=device,
        seq=1,
        generation=0,
        heard_at=NOW - timedelta(days=days_ago),
        position_ms=position_ms,
        revision=1,
    )


def have(user, audiobook, state: str) -> None:
    LibraryEntry.objects.create(user=user, audiobook=audiobook, state=state, changed_at=NOW, revision=1)


def follow(user, **what) -> None:
    Follow.objects.create(user=user, created_at=NOW, **what)


def home(client) -> dict[str, list[dict]]:
    return {shelf["kind"]: shelf["items"] for shelf in client.get("/api/v1/me/home/").json()["shelves"]}


def on(items) -> list[str]:
    return [item["audiobook"]["title"] for item in items]


def test_what_was_begun_goes_on_the_last_heard_first(as_user, bo, cy):
    begun, older, nearly_over, finished, given_up, others = (
        make_audiobook(title, duration_ms=HOUR)
        for title in ("Begun", "Older", "Nearly over", "Finished", "Given up", "Other's")
    )
    listen(bo, older, 1, days_ago=3)
    listen(bo, begun, HOUR - 31_000)
    listen(bo, nearly_over, HOUR - 30_000)
    listen(bo, finished, 10)
    listen(bo, given_up, 10)
    have(bo, finished, "finished")
    have(bo, given_up, "abandoned")
    listen(cy, others, 10)

    shelf = home(as_user(bo))["continue_listening"]

    assert [(item["audiobook"]["title"], item["position_ms"]) for item in shelf] == [
        ("Begun", HOUR - 31_000),
        ("Older", 1),
    ]
    assert shelf[0]["reason"] == {"people": [], "series": [], "after": None}


def make_saga(number: int, **but):
    books = [make_book(f"Saga {n}") for n in range(1, number + 1)]
    series = make_series("Saga", *books)
    return series, [make_audiobook(book.title, book=book, duration_ms=HOUR, **but) for book in books]


def test_after_a_book_comes_the_next_of_its_series_and_it_says_after_which(as_user, bo):
    series, saga = make_saga(4)
    have(bo, saga[0], "finished")
    listen(bo, saga[1], HOUR)

    shelf = home(as_user(bo))["next_in_series"]

    assert on(shelf) == ["Saga 3"]
    assert shelf[0]["reason"] == {
        "people": [],
        "series": [{"id": str(series.pk), "name": "Saga"}],
        "after": {"id": str(saga[1].book_id), "title": "Saga 2"},
    }


@pytest.mark.parametrize("state", ["in_progress", "finished", "abandoned"])
def test_what_one_has_decided_on_is_not_proposed(as_user, bo, state):
    _, saga = make_saga(2)
    have(bo, saga[0], "finished")
    have(bo, saga[1], state)

    assert home(as_user(bo))["next_in_series"] == []


def test_the_next_is_in_the_language_one_heard_by_the_same_voice_and_whole(as_user, bo):
    voice = make_person("Voice")
    _, saga = make_saga(2, narrators=[voice])
    second = saga[1].book
    make_audiobook("Abridged", book=second, narrators=[voice], is_abridged=True, duration_ms=HOUR)
    make_audiobook("Other voice", book=second, narrators=[make_person()], released_on=date(2026, 1, 1))
    make_audiobook("Deutsch", book=second, narrators=[voice], language="de", released_on=date(2026, 1, 1))
    have(bo, saga[0], "finished")

    assert on(home(as_user(bo))["next_in_series"]) == ["Saga 2"]

    saga[1].language = "fr"
    saga[1].save()

    assert on(home(as_user(bo))["next_in_series"]) == ["Other voice"]


def test_the_newest_of_whom_one_follows_and_why(as_user, bo, cy):
    ann, ben = make_person("Ann"), make_person("Ben")
    old = make_audiobook("Old", authors=[ann], released_on=date(2020, 1, 1))
    new = make_audiobook("New", authors=[ann], narrators=[ben], released_on=date(2026, 1, 1))
    mine = make_audiobook("Mine", authors=[ann], released_on=date(2026, 1, 2))
    series = make_series("Row", old.book)
    make_audiobook("Nobody's", authors=[make_person("Cal")])
    have(bo, mine, "wishlist")
    for what in ({"person": ann}, {"person": ben}, {"series": series}):
        follow(bo, **what)

    shelf = home(as_user(bo))["new_from_followed"]

    assert on(shelf) == ["New", "Old"]
    assert [one["name"] for one in shelf[0]["reason"]["people"]] == ["Ann", "Ben"]
    assert [one["name"] for one in shelf[1]["reason"]["people"]] == ["Ann"]
    assert shelf[1]["reason"]["series"] == [{"id": str(series.pk), "name": "Row"}]
    assert [item["audiobook"]["id"] for item in shelf] == [str(new.pk), str(old.pk)]
    assert home(as_user(cy))["new_from_followed"] == []


def test_nothing_is_there_that_one_may_not_hear(as_user, bo, ada):
    ann = make_person("Ann")
    hidden = [
        make_audiobook("Draft", status="draft", authors=[ann]),
        make_audiobook("Withdrawn", status="withdrawn", duration_ms=HOUR, authors=[ann]),
        make_audiobook("Restricted", access="restricted", duration_ms=HOUR, authors=[ann]),
    ]
    granted = make_audiobook("Granted", access="restricted", duration_ms=HOUR, authors=[ann])
    grant_give(user_id=bo.pk, audiobook_id=granted.pk)
    for user in (bo, ada):
        follow(user, person=ann)

    assert on(home(as_user(bo))["new_from_followed"]) == ["Granted"]
    assert len(home(as_user(ada))["new_from_followed"]) == 4

    for audiobook in (*hidden, granted):
        listen(bo, audiobook, 1)

    assert on(home(as_user(bo))["continue_listening"]) == ["Granted"]


def test_a_shelf_has_at_most_twelve_and_costs_the_same_however_much_there_is(
    as_user, bo, django_assert_num_queries
):
    client = as_user(bo)

    def fill(number: int) -> None:
        for _ in range(number):
            author = make_person()
            make_audiobook(authors=[author], narrators=[make_person()])
            follow(bo, person=author)
            listen(bo, make_audiobook(duration_ms=HOUR, authors=[make_person()]), 1)
            _, saga = make_saga(2)
            have(bo, saga[0], "finished")

    fill(2)
    with django_assert_num_queries(2):
        assert [len(items) for items in home(client).values()] == [2, 2, 2]
    make_audiobook("Oldest", authors=[(followed := make_person())], released_on=date(1999, 1, 1))
    make_audiobook("Newest", authors=[followed], released_on=date(2026, 1, 1))
    follow(bo, person=followed)
    fill(14)
    with django_assert_num_queries(2):
        shelves = home(client)
    assert [len(items) for items in shelves.values()] == [12, 12, 12]
    assert on(shelves["new_from_followed"])[0] == "Newest"
    assert "Oldest" not in on(shelves["new_from_followed"])


def test_who_has_the_page_is_not_sent_it_again_and_no_cache_shares_it(as_user, bo):
    client = as_user(bo)
    first = client.get("/api/v1/me/home/")

    again = client.get("/api/v1/me/home/", headers={"If-None-Match": first["ETag"]})
    listen(bo, make_audiobook(duration_ms=HOUR), 1)
    changed = client.get("/api/v1/me/home/", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert first["Cache-Control"] == "private, no-cache"


def test_the_cards_are_the_lists_cards(as_user, bo):
    listen(bo, make_audiobook("Emma", authors=[make_person()], duration_ms=HOUR), 1)
    client = as_user(bo)

    (item,) = home(client)["continue_listening"]

    assert item["audiobook"] == client.get("/api/v1/audiobooks/").json()["results"][0]


def test_the_demos_bo_has_something_proposed_and_seeding_him_again_changes_nothing(as_user, bo):
    make_catalogue()
    taste_store(bo, now=NOW)
    first = home(as_user(bo))

    taste_store(bo, now=NOW)

    assert on(first["next_in_series"]) == ["The Sign of the Four"]
    assert {name for item in first["new_from_followed"] for name in names_in(item["reason"])} == {
        "Émile Zola",
        "Voyages extraordinaires",
    }
    assert home(as_user(bo)) == first


def names_in(reason) -> list[str]:
    return [one["name"] for one in (*reason["people"], *reason["series"])]
