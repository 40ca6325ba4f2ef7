"""Step 4: connections: bounded pages, cursors that nobody can forge."""

import base64
import json

from graphql_checks.targets import Target
from nexus.labs.checking import check

FORGED = [
    base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    for place in ([2030, 0], ["2030", "0"])
]


@check("Three pages of 3 show what one page of 9 shows.")
def the_next_page_begins_after_the_last_row(site: Target) -> None:
    whole, _, answer = site.data("bare", site.page, variables={"first": 9})
    walked, after = [], None
    for _ in range(3):
        page, *_ = site.data("bare", site.page, variables={"first": 3, "after": after})
        walked += page[site.listed]["nodes"]
        after = page[site.listed]["pageInfo"]["endCursor"]
    answer.expect(walked == whole[site.listed]["nodes"], f"{whole[site.listed]['nodes']}", walked)


@check("A first below 1 or above 100 is refused, neither obeyed nor quietly changed.")
def first_is_bounded(site: Target) -> None:
    for first in (0, -1, 101):
        answer = site.ask("bare", site.page, variables={"first": first})
        errors = answer.json_object().get("errors", [])
        codes = [error["extensions"]["code"] for error in errors]
        answer.expect(codes == ["INVALID_PAGE"], f"first: {first} refused, INVALID_PAGE", codes or answer)


@check("A cursor that was altered, or that somebody made up, is refused.")
def a_forged_cursor_is_refused(site: Target) -> None:
    page, *_ = site.data("bare", site.page, variables={"first": 1})
    cursor = str(page[site.listed]["pageInfo"]["endCursor"])
    for after in (f"{'B' if cursor[0] == 'A' else 'A'}{cursor[1:]}", cursor[:-1], *FORGED):
        answer = site.ask("bare", site.page, variables={"after": after})
        codes = [error["extensions"]["code"] for error in answer.json_object().get("errors", [])]
        answer.expect(codes == ["INVALID_CURSOR"], "INVALID_CURSOR", codes or answer)
