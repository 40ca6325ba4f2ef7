"""Step 7: a letter that is sent again is seen to be the same."""

import re
from dataclasses import replace
from uuid import uuid4

from celery_checks.targets import Shop, expect
from lab_celery.mail import message_id
from nexus.labs.checking import check

MAIL = "./nexus lab diff celery"


@check("A letter has the same Message-ID at every attempt, in the form of RFC 5322.")
def a_letter_keeps_its_id(shop: Shop) -> None:
    delivery = shop.delivery()
    first, second = (message_id(replace(delivery, attempt=n), "example.com") for n in (1, 2))
    expect(first == second, "the Message-ID of the first attempt", "another at the second", MAIL)
    is_right = re.fullmatch(r"<[^\s<>@]+@example\.com>", first) is not None
    expect(is_right, "<…@example.com>", first, MAIL)


@check("Another event's letter, and another task's, has another Message-ID.")
def another_letter_has_another_id(shop: Shop) -> None:
    delivery = shop.delivery()
    others = [delivery, replace(delivery, event_id=uuid4()), replace(delivery, task="shop.thank")]
    ids = {message_id(one, "example.com") for one in others}
    expect(len(ids) == 3, "3 ids for 3 letters", f"{len(ids)}", MAIL)
