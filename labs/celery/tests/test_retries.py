import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lab_celery.dead_letters import replay
from lab_celery.models import DeadLetter, OutboxRow
from lab_celery.receipts import sign
from lab_celery.retries import Policy, backoff, give_back
from lab_celery.subscriptions import Delivery

POLICY = Policy(attempts=3, base=timedelta(seconds=2), most=timedelta(seconds=30))
NOW = timezone.now()


def failed(attempt: int, **but: object) -> Delivery:
    return Delivery(
        **{"event_id": uuid4(), "topic": "ordered", "task": "shop.charge", "ids": {"order_id": 7}}
        | but
        | {"attempt": attempt}
    )


def rows() -> list[tuple]:
    return list(OutboxRow.objects.order_by("attempt").values_list("topic", "task", "attempt", "ids"))


def test_the_longest_pause_doubles_up_to_the_most():
    longest = [backoff(n, POLICY, lambda: 1.0).total_seconds() for n in range(1, 8)]

    assert longest == [2, 4, 8, 16, 30, 30, 30]
    assert backoff(10_000, POLICY, lambda: 1.0) == timedelta(seconds=30)


def test_pauses_lie_anywhere_between_nothing_and_the_longest():
    chance = random.Random(7).random  # noqa: S311 -- spreads pauses

    pauses = sorted(backoff(3, POLICY, chance).total_seconds() for _ in range(1000))

    assert 0 <= pauses[0] < 0.1
    assert 7.9 < pauses[-1] < 8
    assert 3.6 < pauses[500] < 4.4


def test_the_usual_policy_outlasts_an_hour():
    usual = Policy()

    pauses = [backoff(n, usual, lambda: 0.5) for n in range(1, usual.attempts)]

    assert sum(pauses, timedelta()) == timedelta(seconds=7447)  # 124 minutes


def test_a_failure_is_tried_again_after_a_pause_by_its_task_alone(db):
    delivery = failed(1)

    give_back(delivery, ValueError("no"), POLICY, now=NOW)

    assert rows() == [("ordered", "shop.charge", 2, {"order_id": 7})]
    row = OutboxRow.objects.get()
    assert row.event_id == delivery.event_id
    assert NOW <= row.due_at <= NOW + timedelta(seconds=2)


def test_a_delivery_that_came_twice_and_failed_twice_is_tried_once_more(db):
    delivery = failed(1)

    for _ in range(2):
        give_back(delivery, ValueError("no"), POLICY, now=NOW)

    assert len(rows()) == 1


def test_the_last_failure_is_buried_with_its_reason_and_the_end_of_its_traceback(db):
    def there(levels: int) -> None:
        if levels == 0:
            raise ValueError("no such\0card \ud800")
        back(levels - 1)

    def back(levels: int) -> None:
        there(levels)

    delivery = failed(3)
    with pytest.raises(ValueError, match="no such") as caught:
        there(100)

    for _ in range(2):
        give_back(delivery, caught.value, POLICY, now=NOW)

    letter = DeadLetter.objects.get()
    assert (letter.event_id, letter.task, letter.attempts) == (delivery.event_id, "shop.charge", 3)
    assert letter.ids == {"order_id": 7}
    assert letter.reason == "ValueError: no such\\0card \\ud800"
    assert letter.traceback.endswith("ValueError: no such\\0card \\ud800")
    assert len(letter.traceback.splitlines()) == 30
    assert rows() == []


def test_what_is_done_meanwhile_is_neither_tried_again_nor_buried(db):
    for attempt in (1, 3):
        delivery = failed(attempt)
        sign(delivery)

        give_back(delivery, ValueError("no"), POLICY, now=NOW)

    assert rows() == []
    assert not DeadLetter.objects.exists()


def test_a_replay_begins_the_attempts_again(db):
    delivery = failed(1)
    for attempt in (1, 2, 3):
        give_back(failed(attempt, event_id=delivery.event_id), ValueError("no"), POLICY, now=NOW)
    letter = DeadLetter.objects.get()

    assert replay(letter.pk, now=NOW)

    assert rows() == [("ordered", "shop.charge", 1, {"order_id": 7})]
    assert not DeadLetter.objects.exists()
    assert not replay(letter.pk, now=NOW)
