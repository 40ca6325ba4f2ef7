"""The cost is how many objects an answer may hold: lists multiply, variables count, fragments are no way around."""

import pytest
from graphql import build_schema, parse, validate

from lab_graphql.cost import Pricing, cost
from lab_graphql.limits import Limits

SDL = """
directive @cost(weight: Int!) on FIELD_DEFINITION
directive @listSize(assumedSize: Int!) on FIELD_DEFINITION
type Query {
  film: Film
  films(first: Int = 20): Films!
  latest(last: Int): [Film!]!
  all: [Film!]!
  dear: Int @cost(weight: 50)
  found: [Found!]! @listSize(assumedSize: 4)
}
type Films { nodes: [Film!]! edges: [FilmEdge!]! pageInfo: PageInfo! }
type FilmEdge { cursor: String! node: Film! }
type PageInfo { hasNextPage: Boolean! }
type Film { title: String! tags: [String!]! cast: [Person!]! @listSize(assumedSize: 3) studio: Studio! like(first: Int! = 5): [Film!]! }
type Person { name: String! films(first: Int = 10): [Film!]! }
type Studio { name: String! @cost(weight: 2) }
union Found = Film | Person
"""
SCHEMA = build_schema(SDL)


def cost_of(text: str, **variables) -> int:
    document = parse(text)
    assert validate(SCHEMA, document) == []
    price = Pricing(SCHEMA, document, Limits()).of(document.definitions[0])
    return cost(price, variables)


@pytest.mark.parametrize(("document", "objects"), [
    ("{film{title}}", 1),
    ("{film{title tags} __typename}", 1),
    ("{film{studio{name}}}", 1 + 1 + 2),
    ("{dear}", 50),
    ("{films{nodes{title}}}", 20),
    ("{films(first:7){nodes{title} edges{cursor node{title}} pageInfo{hasNextPage}}}", 14),
    ("{films(first:7){nodes{cast{name}}}}", 7 * (1 + 3)),
    ("{films(first:7){nodes{cast{films{title}}}}}", 7 * (1 + 3 * (1 + 10))),
    ("{latest{title}}", 10),
    ("{latest(last:4){title}}", 4),
    ("{all{title}}", 10),
    ("{all{like{title}}}", 10 * 6),
    ("{found{...on Film{title} ...on Person{films(first:2){title}}}}", 4 * (1 + 2)),
    ("{a:film{title} b:film{title}}", 2),
    ("{...F ...F} fragment F on Query{films(first:7){nodes{title}}}", 14),
    ("{...{films(first:7){...P}}} fragment P on Films{nodes{title}}", 7),
    ("{__schema{types{fields{name}}}}", 0),
    ("{latest(last:-4){title}}", 0),
])  # fmt: skip
def test_a_document_costs(document, objects):
    assert cost_of(document) == objects


@pytest.mark.parametrize(("head", "variables", "objects"), [
    ("$n:Int", {"n": 7}, 7),
    ("$n:Int", {}, 20),
    ("$n:Int", {"n": None}, 20),
    ("$n:Int=3", {}, 3),
    ("$n:Int=3", {"n": 1_000_000}, 1_000_000),
])  # fmt: skip
def test_a_length_in_a_variable_counts(head, variables, objects):
    assert cost_of(f"query({head}){{films(first:$n){{nodes{{title}}}}}}", **variables) == objects


def test_a_fragment_that_is_spread_2_to_the_60_times_is_priced_at_once():
    chain = " ".join(
        f"fragment F{n} on Film{{like(first:$n){{...F{n + 1}}} b:like{{...F{n + 1}}}}}" for n in range(60)
    )
    text = f"query($n:Int!){{film{{...F0}}}} {chain} fragment F60 on Film{{title}}"

    assert cost_of(text, n=5) > 10**60
