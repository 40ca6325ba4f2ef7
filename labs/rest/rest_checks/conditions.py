"""Steps 8 and 9: what the caller has is not sent again, and what it has not seen is not overwritten."""

from nexus.labs.checking import check
from nexus.labs.site import Answer
from rest_checks.targets import Target

STRONG = r'^"[!#-~]*"$'


def tag_of(site: Target, address: str) -> str:
    """Return a thing's present tag."""
    answer = site.get(address)
    answer.expect_status(200)
    return answer.expect_header("ETag", matching=STRONG)


@check("A thing has a strong ETag, the same until it changes, and then another (RFC 9110, section 8.8.3).")
def a_tag_names_one_version(site: Target) -> None:
    with site.fresh() as address:
        tags = [tag_of(site, address), tag_of(site, address)]
        site.renumber(address, 20)
        answer = site.get(address)
        tags.append(answer.expect_header("ETag"))
        same = ["same" if tag == tags[0] else "another" for tag in tags]
        answer.expect(same == ["same", "same", "another"], "another ETag after the change alone", same)


@check("Who has the present version is answered 304: its ETag, and no body.")
def who_has_it_is_answered_304(site: Target) -> None:
    with site.fresh() as address:
        tag = tag_of(site, address)
        answer = site.get(address, headers={"If-None-Match": tag})
        answer.expect_status(304)
        answer.expect_header("ETag", tag)
        answer.expect(not answer.text, "no body", answer)


@check("If-None-Match is a list of tags, and compared weakly: W/ does not matter (RFC 9110, section 13.1.2).")
def a_list_of_tags_is_read(site: Target) -> None:
    with site.fresh() as address:
        tag = tag_of(site, address)
        for tags in (f'"other", {tag}', f"W/{tag}", f'W/"other",W/{tag}', "*"):
            site.get(address, headers={"If-None-Match": tags}).expect_status(304)


@check("Who has another version gets the present one in full.")
def who_has_another_version_gets_this_one(site: Target) -> None:
    with site.fresh() as address:
        answer = site.get(address, headers={"If-None-Match": '"other", W/"another"'})
        answer.expect_status(200)
        number = answer.json_object().get(site.number)
        answer.expect(number == site.new[site.number], f"{site.number}: {site.new[site.number]}", answer)


@check("A change that names no version, for it has no If-Match or the *, is refused with a 428.")
def a_change_of_any_version_is_refused(site: Target) -> None:
    with site.fresh() as address:
        for tag in (None, "*"):
            site.patch(address, 20, tag).expect_status(428)
        expect_number(site, address, site.new[site.number])


@check("A change of a version that is no longer the present one is refused with a 412, and changes nothing.")
def a_change_of_an_old_version_is_refused(site: Target) -> None:
    with site.fresh() as address:
        old = tag_of(site, address)
        site.patch(address, 20, old).expect_status(200)
        site.patch(address, 30, old).expect_status(412)
        expect_number(site, address, 20)
        site.patch(address, 30, f'"other", {tag_of(site, address)}').expect_status(200)


@check("If-Match is compared strongly: a weak tag permits no change (RFC 9110, section 13.1.1).")
def a_weak_tag_permits_no_change(site: Target) -> None:
    with site.fresh() as address:
        site.patch(address, 20, f"W/{tag_of(site, address)}").expect_status(412)
        expect_number(site, address, site.new[site.number])


@check("Of two writers who have read the same version and write at once, one is told 200 and one 412.")
def of_two_writers_one_is_told(site: Target) -> None:
    for _ in range(site.meetings):
        with site.fresh() as address:
            expect_one_told(site, address)


def expect_one_told(site: Target, address: str) -> None:
    """Let two write at once; go on only where the thing has the number of the one who was told 200."""
    tag, numbers = tag_of(site, address), (20, 30)
    answers = site.meeting(
        address,
        lambda: site.patch(address, numbers[0], tag),
        lambda: site.patch(address, numbers[1], tag),
    )
    told = {answer.status: number for answer, number in zip(answers, numbers, strict=True)}
    statuses = sorted(answer.status for answer in answers)
    both(answers).expect(statuses == [200, 412], "[200, 412]", statuses)
    expect_number(site, address, told[200])


def expect_number(site: Target, address: str, number: object) -> None:
    """Go on only where the thing has this number."""
    answer = site.get(address)
    answer.expect_status(200)
    found = answer.json_object().get(site.number)
    answer.expect(found == number, f"{site.number}: {number}", f"{site.number}: {found}")


def both(answers: list[Answer]) -> Answer:
    """Return the first, with the command that sends both at once."""
    first, second = answers[0], answers[1]
    first.command = f"{first.command} &\n{second.command.rpartition(chr(10))[2]} & wait"
    return first
