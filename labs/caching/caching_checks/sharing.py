"""Step 7: a whole answer is shared by those to whom it would be the same, and by nobody else."""

from caching_checks.targets import Playground, Target
from nexus.labs.checking import check
from nexus.labs.site import Answer


def made(answer: Answer) -> int:
    """Return how often the page had been made when it was answered."""
    answer.expect_status(200)
    return int(answer.json_object()["made"])


def expect_made(site: Playground, address: str, times: int, **headers: str) -> None:
    """Ask, and go on only where the page was made so often by then."""
    answer = site.get(address, headers=headers)
    found = made(answer)
    answer.expect(found == times, f"made: {times}", f"made: {found}")


@check("A page is made once for all who ask for the same address.")
def a_page_is_made_once(site: Playground) -> None:
    address = site.page()
    for asked in (address, f"{address}&page=2"):
        for _ in range(2):
            expect_made(site, asked, 1)


@check("A page in one language is not given to who reads another.")
def each_language_has_its_page(site: Playground) -> None:
    address = site.page()
    for language in ("en", "de", "en"):
        answer = site.get(address, headers={"Accept-Language": language})
        answer.expect_status(200)
        found = answer.json_object()["language"]
        answer.expect(found == language, f"language: {language}", f"language: {found}")


@check("A page that varies by a header is kept for each value of it.")
def a_header_that_it_varies_by_is_told_apart(site: Playground) -> None:
    address = site.page("plan")
    for plan in ("basic", "gold", "basic"):
        answer = site.get(address, headers={"X-Plan": plan})
        answer.expect_status(200)
        found = answer.json_object()["caller"]
        answer.expect(found == plan, f"caller: {plan}", f"caller: {found}")


@check("Whoever says who they are gets a page of their own, and leaves none behind.")
def nobody_gets_another_user_s_page(site: Target) -> None:
    answer, wanted, found = site.asked_by_two()
    answer.expect(found == wanted, wanted, found)


@check(
    "An answer that is private, sets a cookie, looked into the session, or varies by what is not declared, is not shared."
)
def what_is_one_caller_s_own_is_not_shared(site: Playground) -> None:
    for kind in ("private", "cookie", "session", "other"):
        address = site.page(kind)
        for times in (1, 2):
            expect_made(site, address, times)
            site.client.cookies.clear()


@check("Who has the page is answered 304, without a body (RFC 9110, section 13.1.2: a list, W/, or *).")
def who_has_the_page_is_answered_304(site: Target) -> None:
    address = site.shared_page()
    tag = site.get(address).expect_header("ETag")
    for tags in (tag, f'"other", W/{tag}', "*"):
        answer = site.get(address, headers={"If-None-Match": tags})
        answer.expect_status(304)
        answer.expect(not answer.text, "no body", answer)
    site.get(address, headers={"If-None-Match": '"other"'}).expect_status(200)
