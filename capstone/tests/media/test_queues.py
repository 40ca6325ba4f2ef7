"""Queues by kind: a long transcode delays no letter; and however many look at the clock, a tick is one."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Barrier

import pytest
from django.conf import settings as project
from django.db import connection, transaction
from django.utils import timezone
from media.books import encoded
from media.crew import Crew
from media.processes import eventually
from media.test_tasks import writer_of
from media.uploading import append, begin

from audiobooks.accounts import mail
from audiobooks.accounts.tasks import send_letter
from audiobooks.media import services, tasks
from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Job
from config.celery import app
from lab_celery import schedule
from lab_celery.models import OutboxRow, Receipt, Tick
from lab_celery.subscriptions import topics

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["valkey", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def crew(request, settings, tmp_path):
    """A crew on each kind of broker; on RabbitMQ its queues have their usual names."""
    url = settings.REDIS_URL if request.param == "valkey" else request.getfixturevalue("rabbitmq_url")
    crew = Crew(url, tmp_path)
    crew.remove()
    yield crew
    crew.remove()


def test_two_long_transcodes_delay_no_letter(ada, crew):
    paths = []
    for hertz in (440, 660):
        content = encoded(hertz)
        upload = append(begin(ada, content), content)
        paths.append(incoming_path(upload.pk))
        services.job_begin(curator_id=ada.pk, upload_ids=[upload.pk], now=timezone.now())
    paths[0].unlink()
    os.mkfifo(paths[0])  # the first transcode lasts until somebody writes; the second waits for it

    with crew.relay(), crew.worker("media"), crew.worker("mail,default,periodic", at_once=2):
        writer = eventually(lambda: writer_of(paths[0]))
        for _ in range(5):
            with transaction.atomic():
                mail.letter("no_account", to="dee@example.org")
        eventually(lambda: Receipt.objects.filter(task=send_letter.name).count() == 5)
        states = sorted(Job.objects.values_list("state", flat=True))
        os.close(writer)

    assert states == ["queued", "running"]


def test_each_task_has_a_queue_that_a_worker_takes_from_and_only_what_is_long_takes_the_encoders():
    queues = {
        one.task: one.queue
        for one in chain.from_iterable(topics().values())
        if one.task.startswith("audiobooks.")
    }
    limits = app.conf.task_annotations

    assert set(queues.values()) == set(project.QUEUES)
    assert {task for task, queue in queues.items() if queue == "media"} == {
        tasks.ingest.name,
        tasks.make_renditions.name,
    }
    assert {task for task in queues if limits.get(task, {}).get("time_limit", 0) > 600} == {
        tasks.ingest.name,
        tasks.make_renditions.name,
        "audiobooks.rights.tasks.make_export",  # minutes at most, and of the database's time
    }
    assert (app.conf.task_time_limit, app.conf.worker_prefetch_multiplier) == (60, 1)


def test_six_relays_that_look_at_the_clock_at_once_publish_each_tick_once():
    now, start = timezone.now(), Barrier(6)
    entries = schedule._entries.values()

    def look(_number: int) -> list[str]:
        try:
            start.wait()
            return [
                entry.topic
                for entry in entries
                if schedule.published(schedule.Entry(entry.topic, entry.interval), entry.due_at(now))
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        published = sorted(topic for topics in pool.map(look, range(6)) for topic in topics)

    assert published == sorted(entry.topic for entry in entries)
    assert {"accounts.expiry_due", "media.expiry_due", "media.verification_due"} < set(published)
    assert Tick.objects.count() == OutboxRow.objects.count() == len(published)
