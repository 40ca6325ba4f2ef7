"""Step 7: a letter that is sent again is seen to be the same."""

import re

from celery_checks.targets import Shop, expect
from nexus.labs.checking import check

MAIL = "./nexus lab diff celery"


@check("A letter has the same Message-ID at every attempt, in the form of RFC 5322.")
def a_letter_keeps_its_id(shop: Shop) -> None:
    first, second = shop.ids_of_two_attempts()
    expect(first == second, "the Message-ID of the first attempt", "another at the second", MAIL)
    is_right = re.fullmatch(r"<[^\s<>@]+@example\.com>", first) is not None
    expect(is_right, "<…@example.com>", first, MAIL)


@check("Another event's letter, and another task's, has another Message-ID.")
def another_letter_has_another_id(shop: Shop) -> None:
    ids = set(shop.ids_of_letters())
    expect(len(ids) == 3, "3 ids for 3 letters", f"{len(ids)}", MAIL)
