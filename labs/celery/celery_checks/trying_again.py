"""Steps 4 to 6: pauses that grow and spread, dead letters, and the next attempt."""

from datetime import timedelta

from django.utils import timezone

from celery_checks.targets import Shop, expect
from lab_celery.dead_letters import replay
from lab_celery.models import DeadLetter
from lab_celery.retries import Policy, backoff, bury, give_back, row_for
from nexus.labs.checking import check

LETTERS = "deadletter"
ROWS = "outboxrow"
PAUSES = "./nexus lab diff celery"


def pause_s(attempt: int, chance: float) -> float:
    policy = Policy(attempts=5, base=timedelta(seconds=2), most=timedelta(seconds=60))
    return backoff(attempt, policy, lambda: chance).total_seconds()


@check("The longest pause doubles with each attempt: 2, 4, 8, 16 s for a base of 2 s.")
def the_longest_pause_doubles(shop: Shop) -> None:
    longest = [pause_s(attempt, 1.0) for attempt in range(1, 5)]
    expect(longest == [2, 4, 8, 16], "2, 4, 8, 16 s where chance is 1", longest, PAUSES)


@check("No pause is longer than the policy's most.")
def a_pause_has_a_bound(shop: Shop) -> None:
    longest = [pause_s(attempt, 1.0) for attempt in (6, 20)]
    expect(longest == [60, 60], "60 s at attempts 6 and 20", longest, PAUSES)


@check("Pauses are spread from nothing to the longest: what failed together comes back apart.")
def pauses_are_spread(shop: Shop) -> None:
    spread = [pause_s(3, chance) for chance in (0.0, 0.25, 0.5)]
    expect(spread == [0, 2, 4], "0, 2, 4 s where chance is 0, 0.25, 0.5", spread, PAUSES)


def failure() -> ValueError:
    try:
        raise ValueError("card\0declined")
    except ValueError as error:
        return error


@check("A dead letter says what was asked, why it failed, and how the traceback ended.")
def a_dead_letter_says_what_and_why(shop: Shop) -> None:
    delivery = shop.delivery(attempt=5)
    for _ in range(2):
        bury(delivery, failure(), now=timezone.now())
    letters = list(DeadLetter.objects.filter(event_id=delivery.event_id))
    expect(len(letters) == 1, "1 letter, though it was buried twice", f"{len(letters)}", LETTERS)
    letter = letters[0]
    asked = (letter.topic, letter.task, letter.ids, letter.attempts)
    wanted = (delivery.topic, delivery.task, delivery.ids, 5)
    expect(asked == wanted, f"topic, task, ids, attempts: {wanted}", asked, LETTERS)
    expect(letter.reason == "ValueError: card\\0declined", "the reason", letter.reason, LETTERS)
    is_there = 'raise ValueError("card' in letter.traceback
    expect(is_there, "the line that raised, in the traceback", letter.traceback or "nothing", LETTERS)


@check("A replay brings the same event to the same task alone, with all its attempts.")
def a_replay_is_the_same_event(shop: Shop) -> None:
    delivery, now = shop.delivery(attempt=2), timezone.now()
    for attempt in (1, 2):
        row_for(delivery, attempt=attempt, due_at=now).save(force_insert=True)
    bury(delivery, failure(), now=now)
    is_replayed = replay(DeadLetter.objects.get(event_id=delivery.event_id).pk, now=now)
    rows = [(row.event_id, row.task, row.attempt) for row in shop.rows(delivery.topic)]
    expect(
        rows == [(delivery.event_id, "shop.charge", 1)], "1 row: its event, its task, attempt 1", rows, ROWS
    )
    expect(is_replayed, "True", is_replayed, LETTERS)
    is_left = DeadLetter.objects.filter(event_id=delivery.event_id).exists()
    expect(not is_left, "no letter any more", "it is still there", LETTERS)


def given_back(shop: Shop, attempt: int, times: int = 1) -> list[tuple[str, int, float]]:
    delivery, now = shop.delivery(attempt), timezone.now()
    policy = Policy(attempts=3, base=timedelta(seconds=2), most=timedelta(seconds=60))
    for _ in range(times):
        give_back(delivery, failure(), policy, now=now)
    rows = shop.rows(delivery.topic)
    return [(row.task, row.attempt, (row.due_at - now).total_seconds()) for row in rows]


@check("A failure is promised again: the next attempt, to its task alone, after a pause.")
def a_failure_is_promised_again(shop: Shop) -> None:
    rows = given_back(shop, attempt=2)
    is_right = len(rows) == 1 and rows[0][:2] == ("shop.charge", 3) and 0 <= rows[0][2] <= 4
    expect(is_right, "1 row: shop.charge, attempt 3, due in 0 to 4 s", rows, ROWS)


@check("A delivery that came twice and failed twice is tried once more, not twice.")
def two_failures_make_one_attempt(shop: Shop) -> None:
    rows = given_back(shop, attempt=1, times=2)
    expect(len(rows) == 1, "1 row", f"{len(rows)}", ROWS)


@check("The last attempt is not followed by another, but by a dead letter.")
def the_last_attempt_is_the_last(shop: Shop) -> None:
    before = DeadLetter.objects.count()
    rows = given_back(shop, attempt=3)
    expect(rows == [], "no attempt after 3 of 3", f"attempt {rows[0][1]}" if rows else "", ROWS)
    buried = DeadLetter.objects.count() - before
    expect(buried == 1, "1 dead letter", f"{buried}", LETTERS)
