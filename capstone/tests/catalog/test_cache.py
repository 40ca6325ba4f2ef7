"""The catalogue's answers, kept: what they cost cold and warm, who shares them, and who never reads what is old."""

import pytest
from cast import (
    make_audiobook,
    make_book,
    make_chapters,
    make_genre,
    make_person,
    make_series,
    make_user,
    sign_in,
)
from django.db import connection, transaction

from audiobooks.catalog import models
from audiobooks.catalog.rest import caching
from audiobooks.catalog.selectors import sight_of
from audiobooks.principal import ANONYMOUS, Principal, Role
from lab_caching import bump, metrics
from lab_caching.breaker import current_store
from lab_caching.local import memory

pytestmark = pytest.mark.django_db(transaction=True)  # what is not committed is kept for nobody
API = "/api/v1/"


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    memory.clear()
    metrics.reset()


@pytest.fixture
def emma():
    """Emma, by Jane Austen, in a series and a genre, with chapters."""
    book = make_book("Emma")
    book.genres.add(make_genre("novel"))
    make_series("Highbury", book)
    audiobook = make_audiobook("Emma", book=book, authors=[make_person("Jane Austen")], duration_ms=60_000)
    make_chapters(audiobook, 30_000, 30_000)
    return audiobook


def paths(emma) -> dict[str, tuple[str, int]]:
    """Return each read with its address and its queries when nothing is kept."""
    book, person, series = emma.book, models.Person.objects.get(), models.Series.objects.get()
    return {
        "audiobooks": ("audiobooks/", 1),
        "audiobooks by genre": ("audiobooks/?genre=novel&limit=10&ordering=-released_on", 1),
        "audiobook": (f"audiobooks/{emma.pk}/", 1),
        "chapters": (f"audiobooks/{emma.pk}/chapters/", 2),
        "books": ("books/", 5),
        "book": (f"books/{book.pk}/", 5),
        "people": ("people/", 1),
        "person": (f"people/{person.pk}/", 1),
        "series list": ("series/", 1),
        "series": (f"series/{series.pk}/", 1),
        "series books": (f"series/{series.pk}/books/", 2),
        "genres": ("genres/", 1),
    }


def test_each_read_costs_its_queries_once_and_none_for_who_has_it(emma, anybody, django_assert_num_queries):
    for path, queries in paths(emma).values():
        with django_assert_num_queries(queries):
            cold = anybody.get(API + path)
        with django_assert_num_queries(0):
            warm = anybody.get(API + path)
        with django_assert_num_queries(0):
            unchanged = anybody.get(API + path, headers={"If-None-Match": cold["ETag"]})

        assert (cold.status_code, warm.status_code, unchanged.status_code) == (200, 200, 304)
        assert warm.content == cold.content
        assert warm["ETag"] == cold["ETag"] == unchanged["ETag"]
        assert warm.headers.get("Link") == cold.headers.get("Link")
        assert unchanged.content == b""


def test_another_process_finds_it_too(emma, anybody, django_assert_num_queries):
    anybody.get(f"{API}audiobooks/")
    memory.clear()  # as a process that begins

    with django_assert_num_queries(0):
        assert anybody.get(f"{API}audiobooks/").status_code == 200


@pytest.mark.parametrize(
    "query", ["q=emma", "cursor=x", "author=01890a5d-ac96-774b-bcce-b302099a8057", "released_from=1900-01-01"]
)
def test_what_can_be_made_up_without_end_takes_no_place_in_the_cache(emma, anybody, query):
    anybody.get(f"{API}audiobooks/?{query}")
    anybody.get(f"{API}audiobooks/?language=xx")
    anybody.get(f"{API}audiobooks/{emma.book.pk}/")

    assert metrics.read().get("catalog.audiobook.list", metrics.Counts()).hits == 0
    assert not [key for key in keys() if "catalog." in key]


def keys() -> list[str]:
    store = current_store().store
    return [key.decode() for key in store.client.keys(f"{store.prefix}*")]


def test_a_list_that_is_asked_for_by_words_has_an_etag_too(emma, anybody):
    first = anybody.get(f"{API}audiobooks/?q=emma")

    assert (
        anybody.get(f"{API}audiobooks/?q=emma", headers={"If-None-Match": first["ETag"]}).status_code == 304
    )


def test_nobody_is_given_what_another_may_see(anybody, as_user, ada, bo):
    make_audiobook("Open")
    make_audiobook("For members", access="members")
    make_audiobook("A draft", status="draft")
    expected = {"nobody": ["Open"], "bo": ["For members", "Open"], "ada": ["A draft", "For members", "Open"]}

    for who, client in (("ada", as_user(ada)), ("bo", as_user(bo)), ("nobody", anybody)) * 2:
        answer = client.get(f"{API}audiobooks/")
        assert [one["title"] for one in answer.json()["results"]] == expected[who]
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer["Vary"]


def test_a_restricted_recording_that_a_member_has_read_is_a_404_to_a_stranger(anybody, as_user, bo):
    members = make_audiobook("For members", access="members")
    path = f"{API}audiobooks/{members.pk}/"

    seen = as_user(bo).get(path)

    assert seen.status_code == 200
    assert anybody.get(path).status_code == 404
    assert anybody.get(path, headers={"If-None-Match": seen["ETag"]}).status_code == 404


def test_two_who_see_the_same_are_given_the_same(emma, as_user, bo, cy, django_assert_num_queries):
    first = as_user(bo).get(f"{API}audiobooks/{emma.pk}/")

    with django_assert_num_queries(0):
        assert as_user(cy).get(f"{API}audiobooks/{emma.pk}/").content == first.content


@pytest.mark.parametrize("other", [Role.LISTENER, Role.CURATOR, Role.STAFF, None])
def test_a_sight_is_all_that_decides(other, bo, ada):
    """For each role: whoever has its word is answered the same by every selector of lists."""
    make_audiobook("Open")
    make_audiobook("Draft", status="draft")
    make_audiobook("Members", access="members")
    principal = ANONYMOUS if other is None else Principal(bo.pk, other)
    twin = next(
        one
        for one in (ANONYMOUS, Principal(ada.pk, Role.LISTENER), Principal(ada.pk, Role.CURATOR))
        if sight_of(one) == sight_of(principal)
    )
    from audiobooks.catalog import selectors  # noqa: PLC0415

    for read in (
        selectors.audiobook_cards,
        selectors.book_cards,
        selectors.people_credited,
        selectors.series_visible_to,
    ):
        assert list(read(principal)) == list(read(twin))


def change_title(ada, emma, title: str):
    client = sign_in(ada)
    seen = client.get(f"{API}audiobooks/{emma.pk}/")["ETag"]
    answer = client.patch(
        f"{API}audiobooks/{emma.pk}/", {"title": title}, format="json", headers={"If-Match": seen}
    )
    assert answer.status_code == 200, answer.content
    return answer


def test_a_writer_reads_what_they_wrote_at_once(emma, ada):
    curator = sign_in(ada)
    for title in ("First", "Second", "Third"):
        change_title(ada, emma, title)
        assert curator.get(f"{API}audiobooks/{emma.pk}/").json()["title"] == title
        assert curator.get(f"{API}audiobooks/").json()["results"][0]["title"] == title


def test_an_etag_that_was_true_is_false_after_a_change(emma, ada, anybody):
    path = f"{API}audiobooks/{emma.pk}/"
    before = {one: anybody.get(one)["ETag"] for one in (path, f"{API}audiobooks/")}

    change_title(ada, emma, "Changed")

    for one, etag in before.items():
        assert anybody.get(one, headers={"If-None-Match": etag}).status_code == 200


def test_the_etag_that_is_kept_is_the_one_that_a_change_wants(emma, ada):
    curator = sign_in(ada)
    curator.get(f"{API}audiobooks/{emma.pk}/")

    change_title(ada, emma, "Once")
    change_title(ada, emma, "Twice")

    assert models.Audiobook.objects.get(pk=emma.pk).version == 3


def test_a_change_that_is_rolled_back_lets_go_of_nothing(emma, anybody):
    anybody.get(f"{API}audiobooks/")
    before = metrics.read_bumps().get("catalog", 0)

    with transaction.atomic():
        emma.save()
        transaction.set_rollback(True)

    assert metrics.read_bumps().get("catalog", 0) == before


def changes(emma) -> dict[str, object]:
    """Return one way to change each kind of row of the catalogue, in bulk where Django sends no signal."""
    person, series = models.Person.objects.get(), models.Series.objects.get()
    return {
        "a saved recording": emma.save,
        "recordings updated": lambda: models.Audiobook.objects.filter(pk=emma.pk).update(version=9),
        "books updated": lambda: models.Book.objects.update(version=9),
        "a person": person.save,
        "people updated": lambda: models.Person.objects.update(version=9),
        "a series": series.save,
        "an entry": models.SeriesEntry.objects.get().save,
        "a genre": models.Genre.objects.get().save,
        "genres set": lambda: emma.book.genres.clear(),
        "a publisher": lambda: models.Publisher.objects.create(name="P", sort_name="p"),
        "a cover": lambda: models.Cover.objects.create(audiobook=emma, sha256="a" * 64, description="x"),
        "an external id": lambda: emma.external_ids.create(scheme="isbn", value="9780141439587"),
        "a credit": lambda: models.Credit.objects.all().delete(),
        "chapters deleted": lambda: emma.chapters.all().delete(),
        "chapters in bulk": lambda: emma.chapters.bulk_create(
            [models.Chapter(audiobook=emma, position=1, title="x", start_ms=0, end_ms=1)]
        ),
        "a redirect": lambda: models.PersonRedirect.objects.create(
            old_id="01890a5d-ac96-774b-bcce-b302099a8057", person=person
        ),
    }


def test_every_kind_of_change_lets_go(emma):
    for what, change in changes(emma).items():
        before = metrics.read_bumps().get("catalog", 0)
        change()
        assert metrics.read_bumps().get("catalog", 0) > before, what


def test_every_model_of_the_catalogue_is_declared():
    from django.apps import apps  # noqa: PLC0415

    from lab_caching.invalidation import declared  # noqa: PLC0415

    made_of_the_others = {models.Card}  # by triggers
    assert set(apps.get_app_config("catalog").get_models()) - made_of_the_others <= set(declared)


def test_what_is_expensive_has_a_place(emma, ada, django_assert_num_queries):
    calls: list[int] = []

    def facets() -> dict[str, int]:
        calls.append(1)
        return {"en": models.Audiobook.objects.filter(language="en").count()}

    for _ in range(3):
        assert caching.remembered_for(ANONYMOUS, "catalog.facets", "language", compute=facets) == {"en": 1}
    make_audiobook(language="en")
    assert caching.remembered_for(ANONYMOUS, "catalog.facets", "language", compute=facets) == {"en": 2}
    assert len(calls) == 2


def test_a_person_who_was_merged_redirects_still(anybody, emma):
    person = models.Person.objects.get()
    models.PersonRedirect.objects.create(old_id="01890a5d-ac96-774b-bcce-b302099a8057", person=person)

    for _ in range(2):
        assert anybody.get(f"{API}people/01890a5d-ac96-774b-bcce-b302099a8057/").status_code == 308


def test_a_bump_by_hand_is_heard(emma, anybody, django_assert_num_queries):
    anybody.get(f"{API}genres/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_genre SET name = 'Changed'")
    assert anybody.get(f"{API}genres/").json()["results"][0]["name"] == "Novel"

    bump(models.CATALOG)

    assert anybody.get(f"{API}genres/").json()["results"][0]["name"] == "Changed"


def test_head_and_get_have_one_etag(emma, anybody):
    assert anybody.head(f"{API}audiobooks/")["ETag"] == anybody.get(f"{API}audiobooks/")["ETag"]


def test_a_staff_member_sees_what_a_curator_sees(emma, as_user):
    emma.status = "draft"
    emma.save()

    assert as_user(make_user("s", role="staff")).get(f"{API}audiobooks/{emma.pk}/").status_code == 200
