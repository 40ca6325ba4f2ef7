"""What a question costs in queries: the same at 20 and at 100 of whatever it lists."""

import re

import pytest
from django.conf import settings
from graph.asking import data
from graph.owning import belongings_of
from graph.test_catalog import CARD, catalogue_of

pytestmark = pytest.mark.django_db

# Of what a stranger may ask; None of it costs a query more where there is more.
CATALOGUE = {
    "titles of recordings": (1, "{audiobooks(first: 100) {nodes {id title}}}"),
    "all that a card shows": (1, f"{{audiobooks(first: 100) {{nodes {{{CARD}}}}}}}"),
    "everything of each recording, a page of its chapters and of its work": (
        7,
        f"""{{audiobooks(first: 100) {{edges {{cursor node {{{CARD} summary publisher {{name}} externalIds {{value}}
        chapters(first: 2) {{nodes {{title}} pageInfo {{endCursor}}}}
        book {{audiobooks(first: 1) {{nodes {{title}}}}}}}}}}}}}}""",
    ),
    "each author's other recordings": (
        5,
        "{audiobooks(first: 100) {nodes {authors {name audiobooks(first: 3) {nodes {title authors {name}}}}}}}",
    ),
    "one recording, its genres and chapters": (
        3,
        "query ($audiobook: ID!) {audiobook(id: $audiobook) {title genres {name} chapters {nodes {title}}}}",
    ),
    "a person, and what they are credited on": (
        4,
        "query ($person: ID!) {person(id: $person) {audiobooks(first: 100) {nodes {title authors {name}}}}}",
    ),
    "a series, its books and their recordings": (
        4,
        """query ($series: ID!) {series(id: $series) {books(first: 100) {nodes {sequence book {title
        audiobooks(first: 1) {nodes {narrators {name}}}}}}}}""",
    ),
    "whatever has an id": (
        2,
        "query ($series: ID!) {node(id: $series) {__typename id ... on Series {name}}}",
    ),
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
    "my library": (2, "{me {library(first: 100) {nodes {state audiobook {title}}}}}"),
    "my library, with authors and where I am": (
        4,
        "{me {library(first: 100) {nodes {audiobook {title authors {name} position {positionMs}}}}}}",
    ),
    "where I am in each": (
        4,
        "{me {positions(first: 100) {nodes {positionMs audiobook {title narrators {name} genres {name}}}}}}",
    ),
    "my bookmarks": (2, "{me {bookmarks(first: 100) {nodes {note audiobook {title}}}}}"),
    "my shelves, and what stands on them": (
        4,
        "{me {shelves(first: 4) {nodes {name size items(first: 100) {nodes {audiobook {title authors {name}}}}}}}}",
    ),
    "my reviews": (
        3,
        "{me {reviews(first: 100) {nodes {overall isYours audiobook {title authors {name}}}}}}",
    ),
    "recordings, with rating and reviews": (
        2,
        "{audiobooks(first: 100) {nodes {rating {overall} reviews(first: 3) {nodes {author text hidden {note} foundHelpful}}}}}",
    ),
    "my statistics": (3, "{me {stats {heardMs days {day listenedMs}}}}"),
    "all that a card shows, and where I am": (
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


def test_the_page_says_what_is_counted_here():
    page = (settings.REPOSITORY_DIR / "docs/capstone/graph.md").read_text()
    told = re.search(r"\| question \| queries \|\n\|.*\n((?:\|.*\n)+)", page)[1]

    counted = CATALOGUE | OWN
    assert told.splitlines() == [f"| {name} | {queries} |" for name, (queries, _) in counted.items()]
