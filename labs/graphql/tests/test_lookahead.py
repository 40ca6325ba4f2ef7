"""Look-ahead: what is asked for, whatever the document's form; and the answer cut to it."""

from dataclasses import dataclass

import pytest
from ariadne import QueryType
from graphql import build_schema, graphql_sync

from lab_graphql.lookahead import Selection, selection_of, shape

SDL = """
type Query { shelf(first: Int = 3): Shelf things: [Thing!]! }
type Shelf { edges: [Edge!]! total: Int }
type Edge { node: Book! }
type Book implements Thing { id: ID! title: String! authors(first: Int = 2): [Author!]! tags: [String!]! }
type Author { name: String! bornIn: Int books: [Book!]! }
type Lamp implements Thing { id: ID! watts: Int! }
interface Thing { id: ID! }
"""


@pytest.fixture
def selected():
    """Return a function that returns what a resolver of the document's one root field sees."""
    seen: list[Selection] = []

    def look(document: str, **variables) -> Selection:
        query = QueryType()
        for name in ("shelf", "things"):
            query.set_field(name, lambda _, info, **__: seen.append(selection_of(info)))
        schema = build_schema(SDL)
        query.bind_to_schema(schema)
        result = graphql_sync(schema, document, variable_values=variables)
        assert [error.message for error in result.errors or [] if "non-nullable" not in error.message] == []
        return seen.pop()

    return look


AUTHORS = ("edges", "node", "authors")


@pytest.mark.parametrize("document", [
    "{shelf{edges{node{authors{name}}}}}",
    "{shelf{edges{node{writers:authors{name}}}}}",
    "{shelf{...on Shelf{edges{...{node{authors{name}}}}}}}",
    "{shelf{...S}} fragment S on Shelf{edges{...E}} fragment E on Edge{node{...B}} fragment B on Book{authors{name}}",
    "{shelf{total} shelf{edges{node{id}}} shelf{edges{node{authors{name}}}}}",
    "query($yes:Boolean=true){shelf{edges{node{authors @include(if:$yes){name}}}}}",
    "{shelf{edges{node{authors @skip(if:false){name}}}}}",
])  # fmt: skip
def test_a_field_is_seen_in_every_form_it_may_be_asked_for(selected, document):
    assert selected(document).asks(*AUTHORS)


@pytest.mark.parametrize("document", [
    "{shelf{total}}",
    "{shelf{edges{node{id authors:title}}}}",
    "{shelf{edges{node{authors @skip(if:true){name}}}}}",
    "query($yes:Boolean=true){shelf{edges{...@skip(if:$yes){node{authors{name}}}}}}",
    "{shelf{total ...S@include(if:false)}} fragment S on Shelf{edges{node{authors{name}}}}",
])  # fmt: skip
def test_a_field_that_is_not_asked_for_is_not_seen(selected, document):
    assert not selected(document).asks(*AUTHORS)


def test_aliases_arguments_and_kinds_are_told(selected):
    books = selected("{shelf{edges{node{a:authors(first:5){name} b:authors{bornIn} __typename}}}}").at(
        *AUTHORS[:2]
    )

    assert [(field.key, field.name, field.kind) for field in books.fields] == [
        ("a", "authors", "Book"), ("b", "authors", "Book"), ("__typename", "__typename", "Book"),
    ]  # fmt: skip
    assert [field.arguments for field in books.fields[:2]] == [{"first": 5}, {"first": 2}]
    assert books.at("authors").names == {"name", "bornIn"}
    assert books.fields[1].below.fields[0].attribute == "born_in"


def test_calls_with_equal_arguments_are_one(selected):
    books = selected(
        "{shelf{edges{node{a:authors{name} b:authors(first:2){bornIn} c:authors(first:1){name}}}}}"
    )

    calls = books.at("edges", "node").calls("authors")

    assert [(arguments, below.names) for arguments, below in calls] == [
        ({"first": 2}, {"name", "bornIn"}), ({"first": 1}, {"name"}),
    ]  # fmt: skip


def test_under_an_interface_each_kind_has_its_own_fields(selected):
    things = selected("{things{id ...on Book{title} ...on Lamp{watts}}}")

    assert sorted((field.kind, field.name) for field in things.fields) == [
        ("Book", "id"), ("Book", "title"), ("Lamp", "id"), ("Lamp", "watts"),
    ]  # fmt: skip


@dataclass
class Author:
    name: str
    born_in: int


def test_a_value_is_cut_to_what_is_asked_for_under_the_callers_names(selected):
    asked = selected("{shelf{edges{kind:__typename node{t:title authors{bornIn name} tags}}}}")
    book = {
        "id": 1,
        "title": "Ida",
        "authors": [Author("Eva", 1950), {"name": "Uwe", "bornIn": None}],
        "tags": ["a"],
    }

    assert shape({"total": 7, "edges": [{"node": book}]}, asked) == {
        "edges": [
            {
                "kind": "Edge",
                "node": {
                    "t": "Ida",
                    "authors": [{"bornIn": 1950, "name": "Eva"}, {"bornIn": None, "name": "Uwe"}],
                    "tags": ["a"],
                },
            }
        ]
    }


def test_a_value_under_an_interface_is_cut_by_its_typename(selected):
    asked = selected("{things{__typename id ...on Lamp{watts}}}")
    things = [
        {"__typename": "Lamp", "id": "1", "watts": 40},
        {"__typename": "Book", "id": "2", "title": "Ida"},
        None,
    ]

    assert shape(things, asked) == [
        {"__typename": "Lamp", "id": "1", "watts": 40}, {"__typename": "Book", "id": "2"}, None,
    ]  # fmt: skip
