"""Five ways to answer one query: the same answer, and how many queries each takes."""

import pytest

CARD = """query Card($first: Int) { films(first: $first) {
  nodes { id title year studio { name country } director { name } cast { id name } reviews { stars text } rating }
  pageInfo { hasNextPage endCursor }
} }"""
STEPS = ["step1", "step2", "step3", "step4", "step5"]


@pytest.mark.parametrize(
    ("step", "at_20", "at_100"),
    [
        ("step1", 101, 501),
        ("step2", 4, 4),
        ("step3", 6, 6),
        ("step4", 3, 3),
        ("step5", 1, 1),
    ],
)
def test_a_list_of_cards_costs(ask, step, at_20, at_100):
    answers = [ask(CARD, step, variables={"first": first}) for first in (20, 100)]

    assert [len(answer.json()["data"]["films"]["nodes"]) for answer in answers] == [20, 100]
    assert [int(answer["X-Queries"]) for answer in answers] == [at_20, at_100]


DOCUMENTS = [
    CARD,
    "{films(first:3){edges{cursor node{...F}} __typename pageInfo{endCursor startCursor hasPreviousPage}}} fragment F on Film{__typename t:title a:reviews(first:1){id} b:reviews(first:2){id stars}}",
    "{films(first:3,since:2000){nodes{director{directed(first:2){title director{name} cast{name}} more:directed(first:3){id rating}}}}}",
    '{film(id:"7"){title @skip(if:true) year studio{id @include(if:true)}} nobody:film(id:"x"){id} person(id:"3"){name directed{title rating}}}',
    '{search(text:"7"){__typename ... on Film{title cast{name}} ... on Person{name directed(first:1){title}}}}',
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_way_gives_the_same_answer(ask, document):
    answers = [ask(document, step).json() for step in STEPS]

    assert "errors" not in answers[0]
    assert answers == [answers[0]] * 5
