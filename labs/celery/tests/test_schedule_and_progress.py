from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.db import transaction

from lab_celery import mail, progress, schedule
from lab_celery.models import OutboxRow, Tick
from lab_celery.subscriptions import Delivery

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def hourly():
    topic = f"hourly-{uuid4()}"
    schedule.every(timedelta(hours=1), topic)
    yield topic
    schedule.never(topic)


def test_a_tick_is_published_once_and_the_next_one_when_it_is_due(db, hourly):
    times = [NOON, NOON + timedelta(minutes=59), NOON + timedelta(minutes=60)]

    published = [schedule.publish_due(now=now) for now in times]

    assert published == [[hourly], [], [hourly]]
    due = list(OutboxRow.objects.order_by("id").values_list("ids", flat=True))
    assert due == [{"due_at": "2026-03-02T12:00:00+00:00"}, {"due_at": "2026-03-02T13:00:00+00:00"}]


def test_six_schedulers_at_once_publish_one_tick(transactional_db, hourly, at_once):
    def publish(_index: int) -> bool:
        return schedule.published(schedule.Entry(hourly, timedelta(hours=1)), NOON)

    assert sorted(at_once(6, publish)) == [False] * 5 + [True]
    assert OutboxRow.objects.count() == 1


def test_a_scheduler_that_starts_again_publishes_no_tick_again(db, hourly):
    starts = [schedule.Entry(hourly, timedelta(hours=1)) for _ in range(3)]

    assert [schedule.published(entry, NOON) for entry in starts] == [True, False, False]


def test_a_pause_is_not_made_up_for(db, hourly):
    schedule.publish_due(now=NOON)
    schedule.publish_due(now=NOON + timedelta(hours=9))

    assert list(Tick.objects.order_by("due_at").values_list("due_at", flat=True)) == [
        NOON,
        NOON + timedelta(hours=9),
    ]


def test_what_is_shorter_than_the_relays_second_is_refused():
    with pytest.raises(ValueError, match="too short"):
        schedule.every(timedelta(milliseconds=500), "often")


def test_what_comes_every_week_comes_on_mondays():
    due_at = schedule.Entry("weekly", timedelta(weeks=1)).due_at(datetime(2026, 3, 5, 9, tzinfo=UTC))

    assert due_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert due_at.strftime("%A") == "Monday"


def test_progress_is_the_last_that_was_reported(transactional_db):
    job = uuid4()
    assert progress.progress_of(job) is None

    progress.report(job, step=1, of=3, message="probing")
    progress.report(job, step=2, of=3, message="m" * 300)

    seen = progress.progress_of(job)
    assert (seen.step, seen.of, seen.message) == (2, 3, "m" * 200)


@pytest.mark.parametrize("step", [-1, 4])
def test_a_step_that_there_is_not_is_refused(step):
    with pytest.raises(ValueError, match="a step is from 0 to 3"):
        progress.report(uuid4(), step=step, of=3)


def test_progress_that_nobody_would_see_is_refused(transactional_db):
    with (
        pytest.raises(transaction.TransactionManagementError, match="in_transaction=False"),
        transaction.atomic(),
    ):
        progress.report(uuid4(), step=1, of=3)


def test_a_letter_has_the_same_id_at_every_attempt_and_another_for_every_task(mailoutbox):
    event_id = uuid4()
    tries = [Delivery(event_id, "t", "shop.thank", {}, attempt) for attempt in (1, 2)]
    other = Delivery(event_id, "t", "shop.warn", {})

    for delivery in (*tries, other):
        mail.send(EmailMessage("Thanks", "…", to=["bo@example.com"]), delivery)

    ids = [letter.message()["Message-ID"] for letter in mailoutbox]
    thanks, warning = f"<{event_id}.shop.thank@example.com>", f"<{event_id}.shop.warn@example.com>"
    assert ids == [thanks, thanks, warning]
