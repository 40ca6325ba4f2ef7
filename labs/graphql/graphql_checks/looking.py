"""Step 6: look-ahead: fetched is what is asked for, in whatever form it is asked."""

from collections.abc import Mapping

from graphql_checks.targets import Playground
from nexus.labs.checking import check


def expect_queries(site: Playground, documents: Mapping[str, int], **variables: object) -> None:
    """Go on only where each document is answered without an error, in as many queries."""
    for document, number in documents.items():
        _, queries, answer = site.data("lookahead", document, variables=variables)
        answer.expect(queries == number, f"{number} queries", queries)


@check("What is not asked for, or left out by @skip and @include, is not fetched: titles alone are 1 query.")
def what_is_not_asked_for_is_not_fetched(site: Playground) -> None:
    documents = {
        "{films {nodes {title}}}": 1,
        "{films {nodes {title cast @skip(if: true) {name}}}}": 1,
        "{films {nodes {title ... @include(if: false) {cast {name}}}}}": 1,
        "{films {nodes {title cast {name}}}}": 2,
    }
    expect_queries(site, documents)


@check("Fragments are looked into, named and inline, at every level.")
def fragments_are_looked_into(site: Playground) -> None:
    documents = {
        "{films {...Page}} fragment Page on FilmConnection {nodes {...Card}} fragment Card on Film {studio {name} cast {name}}": 2,
        "{films {... on FilmConnection {nodes {... {studio {name}} ... on Film {cast {name}}}}}}": 2,
    }
    expect_queries(site, documents)


@check("A field under an alias, with arguments of its own, is fetched for each.")
def an_alias_is_looked_up_by_its_field(site: Playground) -> None:
    document = "{films(first: 3) {nodes {players: cast {name} one: reviews(first: 1) {id} two: reviews(first: 2) {id}}}}"
    data, queries, answer = site.data("lookahead", document)
    found = {(len(film["players"]), len(film["one"]), len(film["two"])) for film in data["films"]["nodes"]}
    answer.expect(found == {(3, 1, 2)}, "3 players, 1 review, 2 reviews for each film", found)
    answer.expect(queries == 4, "4 queries", queries)


@check("A field that is written in two places is one: what either asks for is fetched.")
def a_field_in_two_places_is_one(site: Playground) -> None:
    expect_queries(
        site, {"{films {nodes {title}} films {nodes {studio {name}}} films {nodes {director {name}}}}": 1}
    )


@check("Under a union, what is asked of each type is fetched for that type.")
def each_type_of_a_union_has_its_own_fields(site: Playground) -> None:
    document = '{search(text: "7") {... on Film {cast {name}} ... on Person {directed(first: 1) {title}}}}'
    expect_queries(site, {document: 4})
