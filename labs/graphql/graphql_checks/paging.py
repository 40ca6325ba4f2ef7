"""Step 4: connections: bounded pages, cursors that nobody can forge."""

import base64
import json

from graphql_checks.targets import Playground
from nexus.labs.checking import check

PAGE = "query ($first: Int, $after: String) {films(first: $first, after: $after) {nodes {id} pageInfo {hasNextPage endCursor}}}"
FORGED = [
    base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    for place in ([2030, 0], ["2030", "0"])
]


@check("Three pages of 3 show what one page of 9 shows.")
def the_next_page_begins_after_the_last_row(site: Playground) -> None:
    whole, _, answer = site.data("bare", PAGE, variables={"first": 9})
    walked, after = [], None
    for _ in range(3):
        page, *_ = site.data("bare", PAGE, variables={"first": 3, "after": after})
        walked += page["films"]["nodes"]
        after = page["films"]["pageInfo"]["endCursor"]
    answer.expect(walked == whole["films"]["nodes"], f"{whole['films']['nodes']}", walked)


@check("A first below 1 or above 100 is refused, neither obeyed nor quietly changed.")
def first_is_bounded(site: Playground) -> None:
    for first in (0, -1, 101):
        answer = site.ask("bare", PAGE, variables={"first": first})
        errors = answer.json_object().get("errors", [])
        codes = [error["extensions"]["code"] for error in errors]
        answer.expect(codes == ["INVALID_PAGE"], f"first: {first} refused, INVALID_PAGE", codes or answer)


@check("A cursor that was altered, or that somebody made up, is refused.")
def a_forged_cursor_is_refused(site: Playground) -> None:
    page, *_ = site.data("bare", PAGE, variables={"first": 1})
    cursor = str(page["films"]["pageInfo"]["endCursor"])
    for after in (f"{'B' if cursor[0] == 'A' else 'A'}{cursor[1:]}", cursor[:-1], *FORGED):
        answer = site.ask("bare", PAGE, variables={"after": after})
        codes = [error["extensions"]["code"] for error in answer.json_object().get("errors", [])]
        answer.expect(codes == ["INVALID_CURSOR"], "INVALID_CURSOR", codes or answer)
