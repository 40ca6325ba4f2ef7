"""The catalogue in the graph."""

from datetime import date

import pytest
from cast import make_audiobook, make_genre, make_person, make_series
from graph.asking import ask, data, refusals

from audiobooks.catalog.models import (
    Audiobook,
    Book,
    Chapter,
    Cover,
    Credit,
    ExternalId,
    Publisher,
    Series,
    SeriesEntry,
)

pytestmark = pytest.mark.django_db

CARD = """
  id title subtitle language isAbridged releasedOn durationMs access status
  book {id title} authors {id name} narrators {id name} genres {slug name parent}
  series {sequence label series {id name}} cover {sha256 description images {widthPx url}}
  rating {count overall performance story histogram}
"""
LIST = "query ($first: Int! = 25, $after: String, $filter: AudiobookFilter, $order: AudiobookOrder! = TITLE) {audiobooks(first: $first, after: $after, filter: $filter, order: $order) {nodes {title} pageInfo {hasNextPage hasPreviousPage endCursor}}}"


def catalogue_of(number: int) -> dict[str, str]:
    """
    Make recordings with everything that can be asked of them; return an id of each kind of thing.

    One statement for each table, however many: each makes the search's documents and the lists' cards anew.
    """
    genres = [make_genre("novel"), make_genre("war")]
    narrator, authors = make_person("Zoë Q"), [make_person(), make_person()]
    books = Book.objects.bulk_create(
        Book(title=f"Title {n:03}", sort_title=f"title {n:03}", original_language="en") for n in range(number)
    )
    classified = Book.genres.through
    classified.objects.bulk_create(classified(book=book, genre=genre) for book in books for genre in genres)
    publishers = Publisher.objects.bulk_create(
        Publisher(name=f"P{n}", sort_name=f"p{n}") for n in range(number)
    )
    audiobooks = Audiobook.objects.bulk_create(
        Audiobook(
            title=book.title,
            sort_title=book.sort_title,
            book=book,
            publisher=publisher,
            language="en",
            released_on=date(2024, 5, 17),
            status="ready",
            duration_ms=1,
        )
        for book, publisher in zip(books, publishers, strict=True)
    )
    credited = [("author", 1, authors[0]), ("author", 2, authors[1]), ("narrator", 1, narrator)]
    Credit.objects.bulk_create(
        Credit(audiobook=audiobook, role=role, position=position, person=person)
        for audiobook in audiobooks
        for role, position, person in credited
    )
    Cover.objects.bulk_create(
        Cover(audiobook=audiobook, sha256="ab" * 32, description="A cover") for audiobook in audiobooks
    )
    ExternalId.objects.bulk_create(
        ExternalId(audiobook=audiobook, scheme="isbn", value="1") for audiobook in audiobooks
    )
    Chapter.objects.bulk_create(
        Chapter(audiobook=audiobook, position=n, title=f"Chapter {n}", start_ms=10 * n - 10, end_ms=10 * n)
        for audiobook in audiobooks
        for n in (1, 2, 3)
    )
    series = Series.objects.create(name="Series", sort_name="series")
    SeriesEntry.objects.bulk_create(
        SeriesEntry(series=series, book=book, sequence=sequence) for sequence, book in enumerate(books, 1)
    )
    return {"audiobook": str(audiobooks[-1].pk), "person": str(authors[0].pk), "series": str(series.pk)}


def titles(client, **variables):
    return [node["title"] for node in data(client, LIST, **variables)["audiobooks"]["nodes"]]


def test_a_recording_is_told_as_rest_tells_it(anybody):
    catalogue_of(1)
    (card,) = anybody.get("/api/v1/audiobooks/").json()["results"]

    (node,) = data(anybody, f"{{audiobooks {{nodes {{{CARD}}}}}}}")["audiobooks"]["nodes"]

    assert node == {
        "id": card["id"],
        "title": card["title"],
        "subtitle": card["subtitle"],
        "language": card["language"],
        "isAbridged": card["is_abridged"],
        "releasedOn": card["released_on"],
        "durationMs": card["duration_ms"],
        "access": card["access"].upper(),
        "status": card["status"].upper(),
        "book": card["book"],
        "authors": card["authors"],
        "narrators": card["narrators"],
        "genres": card["genres"],
        "series": [
            {
                "sequence": place["sequence"],
                "label": place["label"],
                "series": {"id": place["id"], "name": place["name"]},
            }
            for place in card["series"]
        ],
        "rating": card["rating"],
        "cover": {
            "sha256": card["cover"]["sha256"],
            "description": card["cover"]["description"],
            "images": [{"widthPx": int(width), "url": url} for width, url in card["cover"]["urls"].items()],
        },
    }


def test_three_at_a_time_every_recording_comes_once(anybody):
    for title in ("The Waves", "Émile", "a Room", "Zorro", "1984", "Orlando", "Emma"):
        make_audiobook(title)

    pages, after = [], None
    while True:
        page = data(anybody, LIST, first=3, after=after)["audiobooks"]
        pages.append([node["title"] for node in page["nodes"]])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert pages == [["1984", "Émile", "Emma"], ["Orlando", "a Room", "The Waves"], ["Zorro"]]


def test_the_filters_and_orders_are_those_of_rest(anybody):
    ann = make_person("Ann")
    make_audiobook("Long", authors=[ann], duration_ms=9_000, language="pt-BR")
    make_audiobook("Short", authors=[ann], duration_ms=1_000, is_abridged=True)
    make_audiobook("Other", duration_ms=5_000)

    found = {
        "author": titles(anybody, filter={"author": str(ann.pk)}),
        "language": titles(anybody, filter={"language": "pt"}),
        "isAbridged": titles(anybody, filter={"isAbridged": False}),
        "durationMinMs": titles(anybody, filter={"durationMinMs": 2_000, "durationMaxMs": 6_000}),
        "nothing": titles(anybody, filter={"q": None}),
        "longest": titles(anybody, order="DURATION_DESC"),
    }

    assert found == {
        "author": ["Long", "Short"],
        "language": ["Long"],
        "isAbridged": ["Long", "Other"],
        "durationMinMs": ["Other"],
        "nothing": ["Long", "Other", "Short"],
        "longest": ["Long", "Other", "Short"],
    }


def test_a_wrong_filter_a_page_and_a_cursor_are_named(anybody):
    make_audiobook("A")
    make_audiobook("B")
    cursor = data(anybody, LIST, first=1)["audiobooks"]["pageInfo"]["endCursor"]

    wrong = ask(anybody, LIST, filter={"author": "Ann", "q": "x" * 101})
    others = [
        ask(anybody, LIST, first=0),
        ask(anybody, LIST, first=101),
        ask(anybody, LIST, after=cursor, order="TITLE_DESC"),
        ask(anybody, LIST, after=cursor, filter={"language": "en"}),
        ask(anybody, LIST, after="AAAA"),
    ]

    (error,) = wrong.json()["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("INVALID_QUERY", ["audiobooks"])
    assert {one["parameter"] for one in error["extensions"]["errors"]} == {"author", "q"}
    assert [refusals(answer) for answer in others] == [[(200, "INVALID_PAGE")]] * 2 + [
        [(200, "INVALID_CURSOR")]
    ] * 3


def test_what_is_not_visible_is_unknown_in_every_way(anybody, as_user, ada, bo):
    author = make_person("Author")
    hidden = make_audiobook("Hidden", access="members", authors=[author])
    draft = make_audiobook("Draft", status="draft", book=hidden.book)
    series = make_series("Series", hidden.book)
    document = """query ($audiobook: ID!, $draft: ID!, $person: ID!, $series: ID!, $book: ID!) {
      audiobooks {nodes {title}} audiobook(id: $audiobook) {title} draft: audiobook(id: $draft) {title}
      person(id: $person) {audiobooks {nodes {title}}} series(id: $series) {name}
      node(id: $book) {... on Book {audiobooks {nodes {title}}}}}"""
    ids = {
        "audiobook": hidden.pk,
        "draft": draft.pk,
        "person": author.pk,
        "series": series.pk,
        "book": hidden.book_id,
    }
    variables = {name: str(pk) for name, pk in ids.items()}

    stranger, listener, curator = (
        ask(who, document, **variables).json() for who in (anybody, as_user(bo), as_user(ada))
    )

    assert stranger["data"] == {
        "audiobooks": {"nodes": []}, "audiobook": None, "draft": None, "person": None, "series": None, "node": None,
    }  # fmt: skip
    assert {error["path"][0]: error["extensions"]["code"] for error in stranger["errors"]} == {
        "audiobook": "AUDIOBOOK_UNKNOWN",
        "draft": "AUDIOBOOK_UNKNOWN",
        "person": "PERSON_UNKNOWN",
        "series": "SERIES_UNKNOWN",
        "node": "NODE_UNKNOWN",
    }
    assert [error["path"] for error in listener["errors"]] == [["draft"]]
    assert listener["data"]["person"]["audiobooks"]["nodes"] == [{"title": "Hidden"}]
    assert listener["data"]["node"]["audiobooks"]["nodes"] == [{"title": "Hidden"}]
    assert "errors" not in curator
    assert curator["data"]["node"]["audiobooks"]["nodes"] == [{"title": "Draft"}, {"title": "Hidden"}]


@pytest.mark.parametrize("wanted", ["1", "", "x" * 500, "' OR 1=1--"])
def test_an_id_that_is_none_is_unknown(anybody, wanted):
    document = "query ($id: ID!) {audiobook(id: $id) {id} person(id: $id) {id} series(id: $id) {id} node(id: $id) {id}}"

    assert refusals(ask(anybody, document, id=wanted)) == [(200, "NOT_AN_ID")] * 4
