"""Step 2: errors that help the caller and tell nothing of ours; wrong input as data."""

from typing import Any

from graphql_checks.targets import Playground
from nexus.labs.checking import check
from nexus.labs.site import Answer

CAST = '{film(id: "7") {title cast {name}}}'
REVIEW = 'mutation {{reviewAdd(input: {{filmId: {film}, stars: {stars}, text: "Good"}}) {{__typename ... on InvalidInput {{errors {{path code}}}}}}}}'


def asked(site: Playground, query: str, **more: str) -> tuple[dict[str, Any], Answer]:
    """Ask the graph on the stage, HTTP left aside."""
    answer = site.send("POST", "/stage/answer/", body={"query": query, **more})
    answer.expect_status(200)
    return answer.json_object(), answer


@check("A defect is told as SERVER_ERROR with an id to quote: neither its class nor its words.")
def a_defect_tells_nothing_of_itself(site: Playground) -> None:
    body, answer = asked(site, CAST, fail="defect")
    code = body["errors"][0].get("extensions", {}).get("code")
    answer.expect(code == "SERVER_ERROR", "extensions.code: SERVER_ERROR", code)
    leaked = "1234" in answer.text or "KeyError" in answer.text
    answer.expect(not leaked, "not a word of the exception", answer)


@check("An exception that your mapping knows is told as its problem, with the path of the field.")
def a_known_exception_is_told_as_its_problem(site: Playground) -> None:
    body, answer = asked(site, CAST, fail="known")
    error = body["errors"][0]
    found = (error.get("path"), error.get("extensions", {}).get("code"), error.get("message"))
    expected = (["film", "cast"], "OUT_OF_FILM", "The reel has run out.")
    answer.expect(found == expected, f"{expected}", found)


@check("Input that the caller can put right is data: the union's InvalidInput, and no error.")
def wrong_input_is_data(site: Playground) -> None:
    body, answer = asked(site, REVIEW.format(film=7, stars=9))
    found = (body.get("data") or {}).get("reviewAdd")
    right = {"__typename": "InvalidInput", "errors": [{"path": ["input", "stars"], "code": "out_of_range"}]}
    answer.expect(found == right and "errors" not in body, f"{right}", answer)


@check("What is not the input's fault stays an error: there is no film 9999.")
def every_other_exception_stays_an_error(site: Playground) -> None:
    body, answer = asked(site, REVIEW.format(film=9999, stars=3))
    codes = [error["extensions"]["code"] for error in body.get("errors", ())]
    answer.expect(codes == ["NOT_FOUND"], "one error, NOT_FOUND", codes or answer)
