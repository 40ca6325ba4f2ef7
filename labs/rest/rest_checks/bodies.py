"""Step 7: no member of a body that is ignored."""

from nexus.labs.checking import check
from rest_checks.answers import errors_of
from rest_checks.targets import Target


@check("A member that nobody declared is refused with a 400 that points at it.")
def an_unknown_member_is_refused(site: Target) -> None:
    expect_pointers(site, {"colour": "red"}, {"#/colour"})


@check("What is unknown, what is not the caller's to write, and what is wrong are reported in one answer.")
def every_wrong_member_is_reported_at_once(site: Target) -> None:
    flaws = {"colour": "red", "id": 7, site.number: -9999}
    expect_pointers(site, flaws, {f"#/{name}" for name in flaws})


@check("A body of declared members alone is accepted.")
def a_right_body_is_accepted(site: Target) -> None:
    site.judge(site.new).expect_status(201, 204)


def expect_pointers(site: Target, flaws: dict[str, object], pointers: set[str]) -> None:
    """Send a body that is right but for ``flaws``."""
    answer = site.judge({**site.new, **flaws})
    found = {str(error.get("pointer")) for error in errors_of(answer)}
    answer.expect(found == pointers, " and ".join(sorted(pointers)), " and ".join(sorted(found)))
