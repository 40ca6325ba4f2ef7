"""Step 3: who may ask in which way."""

import json
from urllib.parse import urlencode

from graphql_checks.targets import Target
from nexus.labs.checking import check
from nexus.labs.site import Answer


def expect_unchanged(site: Target, answer: Answer, before: int) -> None:
    """Go on only where nothing was made."""
    added = site.made() - before
    answer.expect(added == 0, "nothing new", f"{added} new")


@check("A query may come by GET, its variables as JSON in the address.")
def a_query_may_come_by_get(site: Target) -> None:
    named, expected = site.known()
    asked = {"query": site.title_of, "variables": json.dumps({"id": named})}
    answer = site.get(f"{site.graph('bare')}?{urlencode(asked)}")
    answer.expect_status(200)
    found = answer.json_object().get("data")
    answer.expect(found == expected, json.dumps(expected), answer)


@check("A mutation by GET is refused with a 405, and changes nothing: any link or picture sends a GET.")
def a_mutation_by_get_is_refused(site: Target) -> None:
    before = site.made()
    answer = site.get(f"{site.graph('bare')}?{urlencode({'query': site.change})}")
    answer.expect_status(405)
    expect_unchanged(site, answer, before)
    named = {
        "query": f"query Look {site.look} {site.change.replace('mutation', 'mutation Change')}",
        "operationName": "Change",
    }
    answer = site.get(f"{site.graph('bare')}?{urlencode(named)}")
    answer.expect_status(405)
    expect_unchanged(site, answer, before)


@check("What another site's form can send is refused with a 415, and changes nothing.")
def what_a_form_can_send_is_refused(site: Target) -> None:
    before = site.made()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = site.send(
            "POST", site.graph("bare"), body={"query": site.change}, headers={"Content-Type": kind}
        )
        answer.expect_status(415)
        expect_unchanged(site, answer, before)


@check("A batch is refused whatever is in it: 1,000 requests would be let through as one.")
def a_batch_is_refused(site: Target) -> None:
    answer = site.send("POST", site.graph("bare"), body=json.loads(json.dumps([{"query": site.look}] * 2)))
    site.refused(answer, 400, "BATCH_OFF")
