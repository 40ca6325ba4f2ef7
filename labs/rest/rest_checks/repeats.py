"""Step 10: a POST that is sent twice has its effect once."""

from uuid import uuid4

from nexus.labs.checking import check
from nexus.labs.site import Answer, at_once
from rest_checks.targets import Playground, Target

CROWD = 20


@check(
    "The same POST with the same key makes one thing; the second answer is the first one, marked as replayed."
)
def a_repeated_post_has_one_effect(site: Target) -> None:
    key, before = str(uuid4()), site.count()
    first, second = site.create(key), site.create(key)
    made = site.count() - before
    site.forget(first, second)
    first.expect_status(201)
    second.expect_status(201)
    second.expect(made == 1, "1 new thing", made)
    second.expect_header("Idempotency-Replayed", "true")
    second.expect(second.text == first.text, first.text, second.text)


@check("A key that was used for another body is refused with a 422.")
def a_used_key_with_another_body_is_refused(site: Target) -> None:
    key = str(uuid4())
    first, second = site.create(key), site.create(key, number=13)
    site.forget(first, second)
    first.expect_status(201)
    second.expect_status(422)


@check("While the first request with a key still runs, the second is answered 409 at once.")
def a_key_in_flight_is_a_409(site: Playground) -> None:
    key = str(uuid4())
    answers = site.held({"station": site.new["station"]}, [lambda: site.create(key)] * 2)
    site.forget(*answers)
    statuses = sorted(answer.status for answer in answers)
    answers[0].expect(statuses == [201, 409], "[201, 409]", statuses)


@check("Of 20 simultaneous POSTs with one key one has an effect; the others get a 409, or its answer.")
def of_20_posts_with_one_key_one_has_an_effect(site: Target) -> None:
    key, before = str(uuid4()), site.count()
    answers = at_once([lambda: site.create(key)] * CROWD)
    made = site.count() - before
    site.forget(*answers)
    for answer in answers:
        answer.expect_status(201, 409)
    firsts = [answer for answer in answers if is_first(answer)]
    answers[0].expect((made, len(firsts)) == (1, 1), "1 new thing, 1 first answer", f"{made}, {len(firsts)}")


def is_first(answer: Answer) -> bool:
    """Tell whether the effect is this answer's own."""
    return answer.status == 201 and "Idempotency-Replayed" not in answer.headers


@check("An error leaves the key free: the corrected request may use it.")
def an_error_leaves_the_key_free(site: Target) -> None:
    key = str(uuid4())
    refused, corrected = site.create(key, number=-9999), site.create(key)
    site.forget(corrected)
    refused.expect_status(400)
    corrected.expect_status(201)


@check("An answer from 400 on takes its effect back: here a reading is stored before the 503.")
def an_error_takes_its_effect_back(site: Target) -> None:
    before = site.count()
    answer = site.create(str(uuid4()), path="/stage/half-way/")
    answer.expect_status(503)
    made = site.count() - before
    site.forget(answer)
    answer.expect(made == 0, "0 new readings", made)
