"""Step 9: documents that are prepared once, and documents that are agreed on."""

import hashlib

from graphql_checks.targets import Playground
from nexus.labs.checking import check
from nexus.labs.site import Answer

TRUSTED = "query Title($id: ID!) { film(id: $id) { title } }"
ID = f"sha256:{hashlib.sha256(TRUSTED.encode()).hexdigest()}"


def asked(site: Playground, name: str, **members: object) -> Answer:
    """POST these members to a graph that knows one document."""
    accept = {"Accept": "application/graphql-response+json"}
    return site.send("POST", f"/stage/{name}/graphql/", body=members, headers=accept)


def documents(number: int) -> list[str]:
    """Return so many documents."""
    return [f"{{film(id: {n}) {{title}}}}" for n in range(1, number + 1)]


@check("A document that is asked 3 times is parsed and validated once.")
def a_document_is_prepared_once(site: Playground) -> None:
    answer = site.send("POST", "/stage/documents/", body={"documents": documents(2) * 3})
    answer.expect_status(200)
    found = answer.json_object()["prepared"]
    answer.expect(found == 2, "2 documents prepared, of 6 requests", found)


@check(
    "Of 40 documents 32 are kept where that is the most: whoever writes values into documents fills no memory."
)
def the_cache_is_bounded(site: Playground) -> None:
    answer = site.send("POST", "/stage/documents/", body={"documents": documents(40)})
    answer.expect_status(200)
    kept = answer.json_object()["kept"]
    answer.expect(kept == 32, "32 kept", kept)


@check("A document that was agreed on is asked for by its id.")
def a_trusted_document_is_asked_for_by_its_id(site: Playground) -> None:
    answer = asked(site, "only-trusted", documentId=ID, variables={"id": "7"})
    answer.expect_status(200)
    found = answer.json_object().get("data")
    answer.expect(found == {"film": {"title": "Film 7"}}, "Film 7", answer)
    site.refused(asked(site, "only-trusted", documentId=f"{ID}0"), 404, "UNKNOWN_DOCUMENT")


@check("A graph that answers agreed documents alone refuses every text, even beside an id.")
def a_text_is_refused_where_only_ids_are_answered(site: Playground) -> None:
    site.refused(asked(site, "only-trusted", query="{__typename}"), 403, "ONLY_TRUSTED_DOCUMENTS")
    site.refused(asked(site, "only-trusted", query=TRUSTED, documentId="sha256:0"), 404, "UNKNOWN_DOCUMENT")
    asked(site, "trusted", query="{__typename}").expect_status(200)
