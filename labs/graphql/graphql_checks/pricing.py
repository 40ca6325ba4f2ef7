"""Step 7: the cost of a query is how many objects its answer may hold."""

from graphql_checks.targets import Playground
from nexus.labs.checking import check


def expect_cost(site: Playground, document: str, objects: int) -> None:
    """Go on only where a document is priced so."""
    found, answer = site.cost(document)
    answer.expect(found == objects, f"a cost of {objects}", found)


def expect_equal(site: Playground, document: str, other: str, **variables: object) -> None:
    """Go on only where a document costs what the other one does."""
    found, answer = site.cost(document, **variables)
    right, _ = site.cost(other)
    answer.expect(found == right, f"a cost of {right}, as of {other}", found)


@check(
    "A list multiplies what is below it: 10 films with 5 of their directors' are 70 objects; 10,200 are refused."
)
def a_list_multiplies_what_is_below(site: Playground) -> None:
    expect_cost(site, "{films(first: 10) {nodes {director {directed(first: 5) {title}}}}}", 70)
    answer = site.ask("cost", "{films(first: 100) {nodes {director {directed(first: 100) {title}}}}}")
    site.refused(answer, 400, "TOO_COSTLY")


@check("A list without a length of its own counts as its first by default, or as the SDL's @listSize says.")
def a_list_without_a_length_is_assumed(site: Playground) -> None:
    expect_equal(site, "{films {nodes {title}}}", "{films(first: 20) {nodes {title}}}")
    expect_equal(site, "{film(id: 7) {cast {name}}}", "{film(id: 7) {reviews(first: 3) {stars}}}")


@check("A connection's page is counted once: neither its edges nor its pageInfo add objects.")
def a_page_is_counted_once(site: Playground) -> None:
    whole = "{films(first: 10) {edges {cursor node {title}} pageInfo {hasNextPage}}}"
    expect_equal(site, whole, "{films(first: 10) {nodes {title}}}")


@check("A length that stands in a variable counts, as it is sent or by its default.")
def a_length_in_a_variable_counts(site: Playground) -> None:
    document = "query ($n: Int = 4) {films(first: $n) {nodes {title}}}"
    expect_equal(site, document, "{films(first: 30) {nodes {title}}}", n=30)
    expect_equal(site, document, "{films(first: 4) {nodes {title}}}")


@check("A fragment costs as much as what is in it, each time it is used.")
def a_fragment_is_priced(site: Playground) -> None:
    fragment = (
        "{one: film(id: 1) {...F} two: film(id: 2) {...F}} fragment F on Film {studio {name} cast {name}}"
    )
    written = "{one: film(id: 1) {studio {name} cast {name}} two: film(id: 2) {studio {name} cast {name}}}"
    expect_equal(site, fragment, written)
