"""Steps 3 to 6: cursors nobody can forge, pages that do not slip, links, and no parameter that is ignored."""

import re
from string import ascii_letters, digits
from urllib.parse import parse_qs, quote, urlsplit

from nexus.labs.checking import check
from nexus.labs.site import Answer
from rest_checks.answers import errors_of, follow, ids_of, link_of, rows_of
from rest_checks.targets import Target

SEXTETS = f"{ascii_letters[26:]}{ascii_letters[:26]}{digits}-_"  # base64url's alphabet, in its order
LINK = re.compile(r'<([^<>]*)>; *rel="?([a-z]+)"?')


@check("A cursor is read back as the place it was written for, each value with its type.")
def a_cursor_brings_back_its_place(site: Target) -> None:
    written = site.get("/stage/cursor/")
    written.expect_status(200)
    known = written.json_object()
    read = site.get(f"/stage/cursor/?cursor={quote(str(known['cursor']))}")
    read.expect_status(200)
    place = read.json_object()["place"]
    read.expect(place == known["place"], f"{known['place']}", place)


@check("A cursor with any one of its characters changed is refused with a 400.")
def an_altered_cursor_is_refused(site: Target) -> None:
    cursor = cursor_of(site.get(f"{site.pages}?limit=3"))
    for place in range(len(cursor)):
        altered = cursor[:place] + other(cursor[place]) + cursor[place + 1 :]
        answer = site.get(f"{site.pages}?limit=3&cursor={quote(altered)}")
        answer.expect_status(400)


@check("A cursor made for another ordering, or for other filters, is refused with a 400.")
def a_cursor_of_another_list_is_refused(site: Target) -> None:
    cursor = quote(cursor_of(site.get(f"{site.pages}?limit=3")))
    for question in (f"ordering={site.orderings[1]}", "=".join(site.narrowed)):
        site.get(f"{site.pages}?limit=3&{question}&cursor={cursor}").expect_status(400)


def cursor_of(page: Answer) -> str:
    """Return the cursor in a page's link to the next."""
    cursors = parse_qs(urlsplit(link_of(page, "next")).query).get("cursor", [""])
    page.expect(bool(cursors[0]), "a link with a cursor", link_of(page, "next"))
    return cursors[0]


def other(letter: str) -> str:
    """Return the letter with the lowest of its six bits turned."""
    return SEXTETS[SEXTETS.index(letter) ^ 1] if letter in SEXTETS else "A"


@check("Three pages of 3 show, in every ordering, the rows of one page of 9.")
def the_next_page_begins_after_the_last_row(site: Target) -> None:
    for ordering in site.orderings:
        whole = site.get(f"{site.pages}?ordering={ordering}&limit=9")
        walked = walk(site, f"ordering={ordering}&limit=3", pages=3)
        expected = ids_of(whole)
        whole.expect(walked == expected, f"{expected}", walked)


@check("From the second page, the way back leads to the first.")
def the_way_back_shows_the_same_rows(site: Target) -> None:
    first = site.get(f"{site.pages}?limit=3")
    second = follow(site, first, "next")
    back = follow(site, second, "previous")
    second.expect(ids_of(back) == ids_of(first), f"{ids_of(first)}", ids_of(back))


@check("Rows without a temperature are neither lost nor repeated when readings are ordered by it.")
def rows_without_a_value_have_their_place(site: Target) -> None:
    wide = walk(site, "ordering=warmest&limit=100", pages=7)
    narrow = walk(site, "ordering=warmest&limit=35", pages=20)
    first = site.get(f"{site.pages}?ordering=warmest&limit=35")
    told = "7 pages of 100 and 20 pages of 35 that show the same 700 readings"
    first.expect(wide == narrow and len(set(wide)) == 700, told, f"{len(set(wide))} and {len(set(narrow))}")


@check("A row that arrives while somebody reads moves no row onto another page.")
def an_arrival_moves_no_page(site: Target) -> None:
    first = site.get(f"{site.pages}?limit=3")
    before = ids_of(follow(site, first, "next"))
    with site.fresh():
        after = follow(site, first, "next")
        after.expect(ids_of(after) == before, f"{before}", ids_of(after))


def walk(site: Target, query: str, pages: int) -> list[object]:
    """Return the ids of so many pages, as far as there are any."""
    page = site.get(f"{site.pages}?{query}")
    seen = ids_of(page)
    for _ in range(pages - 1):
        page = follow(site, page, "next")
        seen += ids_of(page)
    return seen


@check('The first page has a Link header to the next, rel="next", and to no other (RFC 8288).')
def the_first_page_links_to_the_next(site: Target) -> None:
    answer = site.get(f"{site.linked}?limit=3")
    expect_links(answer, {"next": "next"})


@check('A page between two others has a Link header to both, rel="next" and rel="prev".')
def a_page_between_links_both_ways(site: Target) -> None:
    answer = follow(site, site.get(f"{site.linked}?limit=3"), "next")
    expect_links(answer, {"next": "next", "prev": "previous"})


def expect_links(answer: Answer, members: dict[str, str]) -> None:
    """Go on only where the Link header has exactly these relations, to the addresses that the body names too."""
    answer.expect_status(200)
    body = answer.json_object()
    expected = {relation: body.get(member) for relation, member in members.items()}
    found = {relation: address for address, relation in LINK.findall(answer.headers.get("Link", ""))}
    wanted = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in expected.items())
    answer.expect(found == expected, f"Link: {wanted}", f"Link: {answer.headers.get('Link', 'none')}")


@check("A parameter that nobody declared is refused with a 400 that names those that are known.")
def an_unknown_parameter_is_refused(site: Target) -> None:
    answer = site.get(f"{site.things}?colour=red")
    (error, *_) = errors_of(answer)
    answer.expect(error.get("parameter") == "colour", "parameter: 'colour'", error)
    for known in ("limit", site.narrowed[0]):
        detail = str(error.get("detail"))
        answer.expect(known in detail, f"a detail that names {known}", detail)


@check("A filter's value that cannot be used is refused with a 400, not ignored.")
def an_unusable_value_is_refused(site: Target) -> None:
    name, value = site.misused
    answer = site.get(f"{site.things}?{name}={value}")
    (error, *_) = errors_of(answer)
    answer.expect(error.get("parameter") == name, f"parameter: {name!r}", error)


@check("A filter that is declared narrows the list.")
def a_declared_filter_narrows(site: Target) -> None:
    name, value = site.narrowed
    answer = site.get(f"{site.things}?{name}={value}&limit=9")
    found = {row.get(name) for row in rows_of(answer)}
    answer.expect(found == {value}, f"{name}: {value} in every row", found)
