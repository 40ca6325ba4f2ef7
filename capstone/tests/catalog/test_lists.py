"""The catalogue's lists: pages, filters, orderings, and what they cost."""

from datetime import date

import pytest
from cast import (
    make_audiobook,
    make_book,
    make_chapters,
    make_genre,
    make_person,
    make_publisher,
    make_series,
)

from audiobooks.catalog.models import Cover

pytestmark = pytest.mark.django_db
AUDIOBOOKS = "/api/v1/audiobooks/"


def titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [result["title"] for result in answer.json()["results"]]


def shelf_of(number: int) -> None:
    """Recordings with everything a card shows."""
    genres = [make_genre("novel"), make_genre("war")]
    narrator = make_person("Zoë Q")
    for index in range(number):
        book = make_book(f"Title {index:03}")
        book.genres.set(genres)
        make_series(f"Series {index}", book)
        audiobook = make_audiobook(
            book.title, book=book, authors=[make_person(), make_person()], narrators=[narrator]
        )
        Cover.objects.create(audiobook=audiobook, sha256="ab" * 32, description="A cover")


# --8<-- [start:query-count]
@pytest.mark.parametrize("number", [3, 40])
@pytest.mark.parametrize(
    ("path", "queries"), [("audiobooks/", 1), ("books/", 5), ("people/", 1), ("series/", 1), ("genres/", 1)]
)
def test_a_list_costs_the_same_queries_however_long_it_is(
    anybody, django_assert_num_queries, number, path, queries
):
    shelf_of(number)

    with django_assert_num_queries(queries):
        answer = anybody.get(f"/api/v1/{path}", {"limit": 100})

    assert answer.status_code == 200


# --8<-- [end:query-count]


def test_a_card_shows_what_a_list_needs(anybody):
    verne, reader = make_person("Jules Verne"), make_person("Nia", is_synthetic=True)
    book = make_book("Vingt mille lieues sous les mers", original_language="fr")
    book.genres.add(make_genre("novel"))
    series = make_series("Voyages", make_book("First"), book)
    audiobook = make_audiobook(
        "Twenty Thousand Leagues", book=book, authors=[verne], narrators=[reader], duration_ms=90_000
    )

    (card,) = anybody.get(AUDIOBOOKS).json()["results"]

    assert card == {
        "id": str(audiobook.id),
        "title": "Twenty Thousand Leagues",
        "subtitle": "",
        "language": "en",
        "is_abridged": False,
        "released_on": "2024-05-17",
        "duration_ms": 90_000,
        "access": "open",
        "status": "ready",
        "book": {"id": str(book.id), "title": "Vingt mille lieues sous les mers"},
        "authors": [{"id": str(verne.id), "name": "Jules Verne"}],
        "narrators": [{"id": str(reader.id), "name": "Nia"}],
        "genres": [{"slug": "novel", "name": "Novel", "parent": None}],
        "series": [{"id": str(series.id), "name": "Voyages", "sequence": "2", "label": ""}],
        "cover": None,
        "rating": {"count": 0, "overall": None, "performance": None, "story": None, "histogram": [0] * 5},
    }


def test_a_cover_has_an_address_for_each_width(anybody, settings):
    settings.MEDIA_BASE_URL = "https://media.example.org/"
    Cover.objects.create(audiobook=make_audiobook(), sha256="ab" * 32, description="Waves")

    (card,) = anybody.get(AUDIOBOOKS).json()["results"]

    assert card["cover"]["urls"]["480"] == f"https://media.example.org/media/covers/{'ab' * 32}/480.webp"
    assert list(card["cover"]["urls"]) == ["160", "480", "960"]


def test_three_at_a_time_every_audiobook_comes_once_in_the_order_of_titles(anybody):
    for title in ("The Waves", "Émile", "a Room", "Zorro", "L’Étranger", "1984", "Orlando"):
        make_audiobook(title, language="fr" if title.startswith("L’") else "en")

    pages, url = [], f"{AUDIOBOOKS}?limit=3"
    while url:
        answer = anybody.get(url)
        pages.append(titles(answer))
        url = answer.json()["next"]

    assert pages == [["1984", "Émile", "L’Étranger"], ["Orlando", "a Room", "The Waves"], ["Zorro"]]


def test_the_link_header_names_the_neighbouring_pages(anybody):
    for _ in range(4):
        make_audiobook()

    first = anybody.get(AUDIOBOOKS, {"limit": 3})
    second = anybody.get(first.json()["next"])

    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert second["Link"] == f'<{second.json()["previous"]}>; rel="prev"'


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("title", ["A", "B", "C"]),
        ("-title", ["C", "B", "A"]),
        ("released_on", ["B", "C", "A"]),
        ("-released_on", ["A", "C", "B"]),
        ("duration_ms", ["C", "A", "B"]),
        ("-duration_ms", ["B", "A", "C"]),
    ],
)
def test_a_list_can_be_ordered(anybody, ordering, expected):
    make_audiobook("A", released_on=date(2024, 3, 1), duration_ms=2)
    make_audiobook("B", released_on=date(2024, 1, 1), duration_ms=3)
    make_audiobook("C", released_on=date(2024, 2, 1), duration_ms=1)

    assert titles(anybody.get(AUDIOBOOKS, {"ordering": ordering})) == expected


@pytest.fixture
def catalogue():
    """Five recordings that differ in everything a filter looks at."""
    emily, nia, translator = make_person("Emily"), make_person("Nia"), make_person("Tom")
    fiction = make_genre("fiction")
    novel = make_genre("novel", fiction)
    gothic = make_genre("gothic", novel)
    heights, poems = make_book("Wuthering Heights"), make_book("Poems")
    heights.genres.add(gothic)
    series = make_series("Moors", heights)
    publisher = make_publisher("North")
    one = make_audiobook(
        "Wuthering Heights",
        book=heights,
        authors=[emily],
        narrators=[nia],
        publisher=publisher,
        duration_ms=500,
    )
    make_audiobook(
        "Les Hauts de Hurlevent", book=heights, authors=[emily], language="fr", released_on=date(2020, 1, 1)
    )
    make_audiobook("Poems", book=poems, authors=[emily], language="pt-BR", is_abridged=True)
    make_audiobook("Emily’s L’Été", narrators=[emily], language="pt")
    make_audiobook("Secret", access="members", authors=[translator])
    return {
        "emily": emily,
        "nia": nia,
        "series": series,
        "publisher": publisher,
        "heights": heights,
        "one": one,
    }


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"author": "emily"}, ["Les Hauts de Hurlevent", "Poems", "Wuthering Heights"]),
        ({"narrator": "emily"}, ["Emily’s L’Été"]),
        ({"person": "emily"}, ["Emily’s L’Été", "Les Hauts de Hurlevent", "Poems", "Wuthering Heights"]),
        ({"narrator": "nia", "language": "en"}, ["Wuthering Heights"]),
        ({"series": "series"}, ["Les Hauts de Hurlevent", "Wuthering Heights"]),
        ({"book": "heights"}, ["Les Hauts de Hurlevent", "Wuthering Heights"]),
        ({"publisher": "publisher"}, ["Wuthering Heights"]),
        ({"genre": "fiction"}, ["Les Hauts de Hurlevent", "Wuthering Heights"]),
        ({"genre": "gothic"}, ["Les Hauts de Hurlevent", "Wuthering Heights"]),
        ({"genre": "unknown"}, []),
        ({"language": "pt"}, ["Emily’s L’Été", "Poems"]),
        ({"language": "pt-BR"}, ["Poems"]),
        ({"is_abridged": "true"}, ["Poems"]),
        ({"released_until": "2020-12-31"}, ["Les Hauts de Hurlevent"]),
        ({"released_from": "2024-05-18"}, []),
        ({"duration_min_ms": "2"}, ["Wuthering Heights"]),
        ({"duration_max_ms": "1", "is_abridged": "true"}, ["Poems"]),
        ({"q": "HEIGHTS wuther"}, ["Wuthering Heights"]),
        ({"q": "emily's l’ete"}, ["Emily’s L’Été"]),
        ({"q": "heights jane"}, []),
        ({"q": "100%"}, []),
        ({"q": "les hauts"}, ["Les Hauts de Hurlevent"]),
        ({"access": "members"}, []),
    ],
)
def test_filters_narrow_the_list(anybody, catalogue, parameters, expected):
    named = {name: catalogue[value].pk if value in catalogue else value for name, value in parameters.items()}

    assert titles(anybody.get(AUDIOBOOKS, named)) == expected


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("ordering=nonsense", "ordering", "title, -title, released_on"),
        ("limit=0", "limit", "from 1 to 100"),
        ("limit=-1", "limit", "from 1 to 100"),
        ("limit=1000000", "limit", "from 1 to 100"),
        ("limit=ten", "limit", "from 1 to 100"),
        ("cursor=tampered", "cursor", "cursor"),
        ("colour=red", "colour", "is_abridged"),
        ("author=emily", "author", "UUID"),
        ("released_from=yesterday", "released_from", "date"),
        ("access=secret", "access", "secret"),
        ("duration_min_ms=1e999", "duration_min_ms", ""),
        ("q=%00", "q", "NUL"),
        ("q=" + "x" * 101, "q", "100"),
        ("count=all", "count", "exact or estimate"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(anybody, query, parameter, said):
    answer = anybody.get(f"{AUDIOBOOKS}?{query}")

    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert parameter in [error["parameter"] for error in problem["errors"]]
    assert said in str(problem)


def test_series_list_their_books_in_order_decimals_between(anybody):
    first, second, between = make_book("One"), make_book("Two"), make_book("One and a half")
    series = make_series("Trilogy", first, second)
    series.entries.create(book=between, sequence="1.5", label="1½")
    for book in (first, second, between):
        make_audiobook(book.title, book=book)

    answer = anybody.get(f"/api/v1/series/{series.id}/books/")

    assert [
        (entry["sequence"], entry["label"], entry["book"]["title"]) for entry in answer.json()["results"]
    ] == [
        ("1", "", "One"),
        ("1.5", "1½", "One and a half"),
        ("2", "", "Two"),
    ]


def test_chapters_come_in_order_with_their_span(anybody):
    audiobook = make_audiobook()
    make_chapters(audiobook, 1000, 500)

    answer = anybody.get(f"{AUDIOBOOKS}{audiobook.id}/chapters/")

    assert answer.json()["results"] == [
        {"position": 1, "title": "Chapter 1", "start_ms": 0, "end_ms": 1000},
        {"position": 2, "title": "Chapter 2", "start_ms": 1000, "end_ms": 1500},
    ]


def test_a_book_names_its_authors_once_and_its_recordings_are_a_filter_away(anybody):
    author, book = make_person("Mary"), make_book("Frankenstein")
    for language in ("en", "de"):
        make_audiobook("Frankenstein", book=book, authors=[author], language=language)

    answer = anybody.get(f"/api/v1/books/{book.id}/")

    assert [person["name"] for person in answer.json()["authors"]] == ["Mary"]
    assert len(titles(anybody.get(AUDIOBOOKS, {"book": str(book.id)}))) == 2


def test_people_are_found_by_any_part_of_their_name_and_filed_by_surname(anybody):
    for name, filed_as in (("Charlotte Brontë", "Brontë, Charlotte"), ("Anne Carson", "Carson, Anne")):
        make_audiobook(authors=[make_person(name, filed_as=filed_as)])

    everyone = anybody.get("/api/v1/people/").json()["results"]
    found = anybody.get("/api/v1/people/", {"q": "bronte"}).json()["results"]

    assert [person["name"] for person in everyone] == ["Charlotte Brontë", "Anne Carson"]
    assert [person["name"] for person in found] == ["Charlotte Brontë"]
