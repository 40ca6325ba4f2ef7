"""A list from cards: the same answer as from the rows, in one query."""

import pytest
from cast import make_audiobook
from graph.asking import ask, data
from graph.test_catalog import CARD, LIST, catalogue_of, titles

from audiobooks.catalog.graphql import resolvers

pytestmark = pytest.mark.django_db

FROM_CARDS = [
    "{audiobooks {nodes {id title}}}",
    f"{{audiobooks {{nodes {{{CARD}}}}}}}",
    f"{{audiobooks(first: 2) {{edges {{cursor node {{{CARD}}}}} pageInfo {{hasNextPage endCursor startCursor}}}}}}",
    """{one: audiobooks(order: DURATION_DESC) {__typename nodes {__typename called: title
       by: authors {__typename name} book {title} series {__typename label of: series {name}}
       cover {__typename description images {url}} genres {parent slug}}}}""",
    "query ($no: Boolean = false) {audiobooks {nodes {title ...More subtitle @include(if: $no)}}} "
    "fragment More on Audiobook {access status ... on Node {id}}",
    "{audiobooks {pageInfo {hasNextPage}}}",
]
FROM_ROWS = [
    "{audiobooks {nodes {title summary}}}",
    "{audiobooks {nodes {authors {name bornYear}}}}",
    "{audiobooks {nodes {book {originalLanguage}}}}",
    "{audiobooks {nodes {series {series {books {nodes {label}}}}}}}",
    '{audiobooks(filter: {q: "title"}) {nodes {title}}}',
]


@pytest.fixture
def from_rows(monkeypatch):
    """Return a function that has every list made of rows from then on."""
    return lambda: monkeypatch.setattr(resolvers, "card_page", lambda *_: None)


@pytest.mark.parametrize("document", FROM_CARDS)
def test_cards_answer_as_rows_do_and_in_one_query(
    as_user, ada, django_assert_num_queries, from_rows, document
):
    catalogue_of(4)
    make_audiobook("Without anything", status="draft", access="restricted")
    curator = as_user(ada)

    with django_assert_num_queries(1):
        cards = ask(curator, document)
    from_rows()
    rows = ask(curator, document)

    assert cards.json() == rows.json()
    assert cards.status_code == 200


@pytest.mark.parametrize("document", FROM_ROWS)
def test_what_no_card_has_comes_from_rows(anybody, monkeypatch, document):
    catalogue_of(1)
    answered, card_page = [], resolvers.card_page

    def seen(*given):
        answered.append(card_page(*given))
        return answered[-1]

    monkeypatch.setattr(resolvers, "card_page", seen)

    data(anybody, document)

    assert answered in ([], [None])  # a list with a filter is not even tried


def test_pages_of_cards_follow_one_another_in_every_order(anybody):
    for number, title in enumerate(("The Waves", "Émile", "Zorro", "1984", "Emma")):
        make_audiobook(title, duration_ms=number + 1)

    for order in resolvers.ORDERINGS:
        found, after = [], None
        for _ in range(3):
            page = data(anybody, LIST, first=2, order=order, after=after)["audiobooks"]
            found += [node["title"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
        assert found == titles(anybody, order=order)
        assert len(found) == 5


def test_a_card_shows_what_was_just_written(anybody):
    audiobook = make_audiobook("Emma")
    before = titles(anybody)
    audiobook.title = "Emma, read anew"
    audiobook.save()

    assert (before, titles(anybody)) == (["Emma"], ["Emma, read anew"])
