from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lab_celery import outbox
from lab_celery.models import DeadLetter, OutboxRow, Progress, Receipt, Tick
from lab_celery.relay import listening


def test_an_event_is_published_with_the_change_and_taken_back_with_it(transactional_db):
    with transaction.atomic():
        kept = outbox.publish("order.placed", order_id=UUID(int=7), number=3)
    with transaction.atomic():
        outbox.publish("order.placed", order_id=UUID(int=8))
        transaction.set_rollback(True)

    row = OutboxRow.objects.get()
    assert (row.id, row.event_id, row.topic, row.task, row.attempt) == (kept, kept, "order.placed", "", 1)
    assert row.ids == {"order_id": "00000000-0000-0000-0000-000000000007", "number": 3}
    assert row.sent_at is None


def test_outside_of_a_transaction_nothing_is_promised(transactional_db):
    with pytest.raises(transaction.TransactionManagementError, match=r"with transaction\.atomic\(\)"):
        outbox.publish("order.placed", order_id=7)

    assert not OutboxRow.objects.exists()


def test_ids_sort_by_the_time_they_were_made(db):
    made = [outbox.publish("order.placed", order_id=n) for n in range(50)]

    assert made == sorted(made)
    assert {event_id.version for event_id in made} == {7}


def test_publishing_costs_two_queries(db, django_assert_num_queries):
    with django_assert_num_queries(2):
        outbox.publish("order.placed", order_id=7)


@pytest.mark.parametrize("value", [None, 1.5, {"id": 7}, [7], object()])
def test_what_is_no_id_is_refused_by_its_name(db, value):
    with pytest.raises(TypeError, match=r"order is a .*: publish its id"):
        outbox.publish("order.placed", order=value)


def test_1024_bytes_of_ids_are_the_most(db):
    outbox.publish("order.placed", order_id="x" * 1008)
    with pytest.raises(ValueError, match="1025 bytes of ids; 1024 are the most"):
        outbox.publish("order.placed", order_id="x" * 1009)


def test_a_relay_is_woken_by_the_commit_and_not_by_a_rollback(transactional_db):
    with listening() as listener:
        with transaction.atomic():
            outbox.publish("order.placed", order_id=1)
            transaction.set_rollback(True)
        with transaction.atomic():
            outbox.publish("order.placed", order_id=2)

        heard = list(listener.notifies(timeout=30, stop_after=1))
        more = list(listener.notifies(timeout=0))

    assert [notice.channel for notice in heard + more] == [outbox.CHANNEL]


def test_the_lag_counts_what_is_due_and_not_what_is_not(db):
    now = timezone.now()
    for due_s in (-90, -5, 60):
        due_at = now + timedelta(seconds=due_s)
        OutboxRow.objects.create(event_id=uuid4(), topic="t", ids={}, due_at=due_at)

    assert outbox.lag(now=now) == outbox.Lag(waiting=2, oldest_s=90)
    assert outbox.lag(now=now - timedelta(days=1)) == outbox.Lag(waiting=0, oldest_s=0)


def test_the_lag_is_read_from_the_index_of_what_waits(db):
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        waiting = OutboxRow.objects.filter(sent_at=None, due_at__lte=now)

        plan = waiting.explain()

    assert "outbox_waiting" in plan


def test_pruning_leaves_what_waits_and_what_is_new_and_tells_of_dead_letters(db, caplog):
    now = timezone.now()
    for sent_at in (None, now, now - timedelta(days=8)):
        OutboxRow.objects.create(
            event_id=uuid4(), topic="t", ids={}, due_at=now - timedelta(days=99), sent_at=sent_at
        )
    for days in (59, 61):
        then = now - timedelta(days=days)
        Receipt.objects.create(event_id=uuid4(), task="t", done_at=then)
        Tick.objects.create(name="t", due_at=then)
        Progress.objects.create(job_id=uuid4(), step=1, of=2, updated_at=then)
        died_at = then - timedelta(days=30)
        DeadLetter.objects.create(event_id=uuid4(), topic="t", task="t", ids={}, attempts=1, died_at=died_at)

    pruned = [outbox.prune(now=now) for _ in range(2)]

    kept = [model.objects.count() for model in (OutboxRow, Receipt, Tick, Progress, DeadLetter)]
    assert (pruned, kept) == ([5, 0], [2, 1, 1, 1, 1])
    assert caplog.messages == ["1 dead letters are deleted that nobody replayed in 90 days."]
