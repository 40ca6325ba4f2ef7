"""What a question costs in queries: the same at 20 and at 100 of whatever it lists."""

import pytest
from graph.asking import data
from graph.owning import belongings_of
from graph.test_catalog import CARD, catalogue_of

pytestmark = pytest.mark.django_db

# Of what a stranger may ask; None of it costs a query more where there is more.
CATALOGUE = {
    "titles": (1, "{audiobooks(first: 100) {nodes {id title}}}"),
    "cards": (4, f"{{audiobooks(first: 100) {{nodes {{{CARD}}}}}}}"),
    "everything of each": (
        7,
        f"""{{audiobooks(first: 100) {{edges {{cursor node {{{CARD} summary publisher {{name}} externalIds {{value}}
        credits {{role}} chapters(first: 2) {{nodes {{title}} pageInfo {{endCursor}}}}
        book {{audiobooks(first: 1) {{nodes {{title}}}}}}}}}}}}}}""",
    ),
    "authors' others": (
        5,
        "{audiobooks(first: 100) {nodes {authors {name audiobooks(first: 3) {nodes {title authors {name}}}}}}}",
    ),
    "one": (
        3,
        "query ($audiobook: ID!) {audiobook(id: $audiobook) {title genres {name} chapters {nodes {title}}}}",
    ),
    "a person": (
        4,
        "query ($person: ID!) {person(id: $person) {audiobooks(first: 100) {nodes {title authors {name}}}}}",
    ),
    "a series": (
        4,
        """query ($series: ID!) {series(id: $series) {books(first: 100) {nodes {sequence book {title
        audiobooks(first: 1) {nodes {narrators {name}}}}}}}}""",
    ),
    "a node": (2, "query ($series: ID!) {node(id: $series) {__typename id ... on Series {name}}}"),
}


@pytest.mark.parametrize("number", [20, 100])
@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_costs_the_same_at_any_length(anybody, django_assert_num_queries, name, number):
    scene = catalogue_of(number)
    queries, document = CATALOGUE[name]

    with django_assert_num_queries(queries):
        data(anybody, document, **{word: pk for word, pk in scene.items() if f"${word}:" in document})


# Of what a listener may ask; one query of each tells who they are.
OWN = {
    "the library": (2, "{me {library(first: 100) {nodes {state audiobook {title}}}}}"),
    "the library, with authors and places": (
        4,
        "{me {library(first: 100) {nodes {audiobook {title authors {name} position {positionMs}}}}}}",
    ),
    "positions": (
        4,
        "{me {positions(first: 100) {nodes {positionMs audiobook {title narrators {name} genres {name}}}}}}",
    ),
    "bookmarks": (2, "{me {bookmarks(first: 100) {nodes {note audiobook {title}}}}}"),
    "shelves, and what stands on them": (
        4,
        "{me {shelves(first: 4) {nodes {name size items(first: 100) {nodes {audiobook {title authors {name}}}}}}}}",
    ),
    "statistics": (3, "{me {stats {heardMs days {day listenedMs}}}}"),
    "cards, with one's own place": (
        6,
        f"{{audiobooks(first: 100) {{nodes {{{CARD} position {{positionMs}} libraryEntry {{state audiobook {{title}}}}}}}}}}",
    ),
}


@pytest.mark.parametrize("number", [20, 100])
@pytest.mark.parametrize("name", OWN)
def test_what_is_ones_own_costs_the_same_at_any_length(bo, as_user, django_assert_num_queries, name, number):
    belongings_of(bo, number)
    queries, document = OWN[name]

    with django_assert_num_queries(queries):
        data(as_user(bo), document)
