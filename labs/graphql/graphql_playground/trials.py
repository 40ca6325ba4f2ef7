"""What is asked of each step, the attacks, and what the same screens take over REST."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

CARD = "id title year studio {name country} director {name} cast {id name} reviews {stars text} rating"
DOCUMENTS: Mapping[str, str] = {
    "titles of 20 films": "{films {nodes {title}}}",
    "20 cards": f"{{films {{nodes {{{CARD}}}}}}}",
    "100 cards": f"{{films(first: 100) {{nodes {{{CARD}}}}}}}",
    "10 directors, 3 films each, casts": "{films(first: 10) {nodes {director {directed(first: 3) {title cast {name}}}}}}",
    "search, films and people": '{search(text: "7") {... on Film {title cast {name}} ... on Person {directed {title}}}}',
}
DEEP = "{film(id: 1) {" + "director {directed {" * 8 + "title" + "}}" * 8 + "}}"
ATTACKS: Mapping[str, object] = {
    "deep: 18 levels": {"query": DEEP},
    "wide: 100 × 100 films": {
        "query": "{films(first: 100) {nodes {director {directed(first: 100) {title}}}}}"
    },
    "wide, by a variable": {
        "query": "query ($n: Int) {films(first: $n) {nodes {director {directed(first: $n) {title}}}}}",
        "variables": {"n": 100},
    },
    "one film under 40 names": {
        "query": "{" + " ".join(f"a{n}: film(id: 1) {{title}}" for n in range(40)) + "}"
    },
    "one film under 1,000 names": {
        "query": "{" + "".join(f"a{n}:film(id:1){{id}}" for n in range(1000)) + "}"
    },
    "one field 300 times": {"query": "{film(id: 1) {" + "title " * 300 + "}}"},
    "fragments in a circle": {
        "query": "{film(id: 1) {...A}} fragment A on Film {director {...B}} fragment B on Person {directed {...A}}"
    },
    "a list of 300 numbers": {"query": f"{{film(id: {json.dumps([1] * 300)}) {{title}}}}"},
    "250 brackets, one in the other": {"query": f"{{film(id: {'[' * 250}{']' * 250}) {{title}}}}"},
    "2 requests in 1": [{"query": "{__typename}"}] * 2,
    "1 MB": {"query": "{" + "x" * 1_000_000},
    "a mutation as text/plain": {"query": "mutation {x}"},
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What one request came to."""

    status: int
    queries: int
    size_bytes: int
    body: dict[str, Any]


def ask(step: str, body: object, kind: str = "application/json") -> Answered:
    """POST to a step's graph."""
    client = Client(SERVER_NAME="localhost")
    response = client.generic("POST", f"/{step}/graphql/", json.dumps(body), kind)
    return Answered(response.status_code, int(response["X-Queries"]), len(response.content), response.json())


def get(address: str) -> Answered:
    """GET over REST."""
    response = Client(SERVER_NAME="localhost").get(address)
    return Answered(response.status_code, int(response["X-Queries"]), len(response.content), response.json())


def attacked(name: str) -> tuple[int, str, int]:
    """Send an attack to step 4; return status, code and how many queries it caused."""
    kind = "text/plain" if name.endswith("text/plain") else "application/json"
    answered = ask("step4", ATTACKS[name], kind)
    return answered.status, str(answered.body["errors"][0]["extensions"]["code"]), answered.queries


@dataclass(frozen=True, slots=True)
class Screen:
    """What one screen of a client takes: requests, queries, bytes."""

    requests: int
    queries: int
    size_bytes: int


def by_rest(titles_alone: bool) -> Screen:
    """Fetch the screen over REST: the list; for the second screen each director's films, too."""
    answers = [get("/rest/films/")]
    if not titles_alone:
        urls = {film["director"]["url"] for film in answers[0].body["results"][:5]}
        people = [get(url) for url in sorted(urls)]
        answers += people + [get(person.body["films"]) for person in people]
    return total(answers)


def by_graph(step: str, titles_alone: bool) -> Screen:
    """Fetch the screen from a step's graph."""
    more = "{films(first: 5) {nodes {title director {name directed(first: 20) {title}}}}}"
    return total([ask(step, {"query": "{films {nodes {title}}}" if titles_alone else more})])


def total(answers: list[Answered]) -> Screen:
    """Add up. Raises ``RuntimeError`` where one was no 200."""
    for answer in answers:
        if answer.status != 200 or "errors" in answer.body:
            raise RuntimeError(f"answered {answer.status}: {str(answer.body)[:500]}")
    return Screen(len(answers), sum(one.queries for one in answers), sum(one.size_bytes for one in answers))
