"""Step 3: who may ask in which way."""

import json
from urllib.parse import urlencode

from graphql_checks.targets import Playground
from nexus.labs.checking import check
from nexus.labs.site import Answer

GRAPH = "/stage/bare/graphql/"
TITLE = '{film(id: "7") {title}}'
CHANGE = 'mutation {reviewAdd(input: {filmId: 7, stars: 5, text: "Good"}) {__typename}}'


def reviews(site: Playground) -> int:
    """Count the reviews."""
    answer = site.get("/stage/reviews/")
    answer.expect_status(200)
    return int(answer.json_object()["count"])


def expect_unchanged(site: Playground, answer: Answer, before: int) -> None:
    """Go on only where nothing was reviewed."""
    added = reviews(site) - before
    answer.expect(added == 0, "no new review", f"{added} new")


@check("A query may come by GET, its variables as JSON in the address.")
def a_query_may_come_by_get(site: Playground) -> None:
    asked = {"query": "query ($id: ID!) {film(id: $id) {title}}", "variables": '{"id": "7"}'}
    answer = site.get(f"{GRAPH}?{urlencode(asked)}")
    answer.expect_status(200)
    found = answer.json_object().get("data")
    answer.expect(found == {"film": {"title": "Film 7"}}, "Film 7", answer)


@check("A mutation by GET is refused with a 405, and changes nothing: any link or picture sends a GET.")
def a_mutation_by_get_is_refused(site: Playground) -> None:
    before = reviews(site)
    answer = site.get(f"{GRAPH}?{urlencode({'query': CHANGE})}")
    answer.expect_status(405)
    expect_unchanged(site, answer, before)
    named = {
        "query": f"query Look {TITLE} {CHANGE.replace('mutation', 'mutation Change')}",
        "operationName": "Change",
    }
    answer = site.get(f"{GRAPH}?{urlencode(named)}")
    answer.expect_status(405)
    expect_unchanged(site, answer, before)


@check("What another site's form can send is refused with a 415, and changes nothing.")
def what_a_form_can_send_is_refused(site: Playground) -> None:
    before = reviews(site)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = site.send("POST", GRAPH, body={"query": CHANGE}, headers={"Content-Type": kind})
        answer.expect_status(415)
        expect_unchanged(site, answer, before)


@check("A batch is refused whatever is in it: 1,000 requests would be let through as one.")
def a_batch_is_refused(site: Playground) -> None:
    answer = site.send("POST", GRAPH, body=json.loads(json.dumps([{"query": TITLE}] * 2)))
    site.refused(answer, 400, "BATCH_OFF")
