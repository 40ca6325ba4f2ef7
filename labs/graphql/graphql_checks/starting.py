"""Step 1: a graph whose SDL and resolvers disagree does not start."""

from graphql_checks.targets import Playground
from nexus.labs.checking import check

QUERY = "type Query {\n  thing: Thing\n}\n"
THING = "type Thing {\n  name: String\n  netWeight: Int\n  colour: String\n}\n"


@check(
    "Fields that have neither a resolver nor an attribute stop the start; each is told with its file and line."
)
def every_unanswered_field_is_named(site: Playground) -> None:
    told, answer = site.start({"a.graphql": QUERY, "b.graphql": THING}, {"Query": ["thing"]}, ["name"])
    places = sorted(line.partition(": ")[0] for line in told)
    answer.expect(places == ["b.graphql:3", "b.graphql:4"], "b.graphql:3 and b.graphql:4", places)


@check("A field is answered by an attribute in Python's spelling: netWeight by net_weight.")
def an_attribute_answers_a_field(site: Playground) -> None:
    attributes = ["name", "net_weight", "colour"]
    told, answer = site.start({"a.graphql": QUERY, "b.graphql": THING}, {"Query": ["thing"]}, attributes)
    answer.expect(told == [], "a start", told)


@check("An attribute does not answer a field with arguments: nothing would read them.")
def an_attribute_answers_no_arguments(site: Playground) -> None:
    told, answer = site.start(
        {"a.graphql": "type Query {\n  thing: Thing\n}\ntype Thing {\n  name(upper: Boolean): String\n}\n"},
        {"Query": ["thing"]},
        ["name"],
    )
    answer.expect(any("a.graphql:5" in line for line in told), "a.graphql:5: …", told)


@check("A resolver whose field is not in the SDL stops the start, and is told with its file and line.")
def an_orphaned_resolver_is_named(site: Playground) -> None:
    resolvers = {"Query": ["thing"], "Thing": ["name", "weight"]}
    told, answer = site.start(
        {"a.graphql": QUERY, "b.graphql": "type Thing {\n  name: String\n}\n"}, resolvers
    )
    found = [line for line in told if "Thing.weight" in line and ".py:" in line.partition(": ")[0] + ":"]
    answer.expect(len(told) == len(found) == 1, "….py:…: the resolver of Thing.weight …", told)
