import contextlib
import errno
import os
import signal
from collections.abc import Iterator
from uuid import uuid4

import pytest
from cast import keep_promises, make_audiobook, tick
from django.conf import settings as project
from django.utils import timezone
from kombu import Connection
from media.processes import eventually, process_environment, running
from media.tones import tones_m4a

from audiobooks.media import services, storage
from audiobooks.media.models import SourceFile
from audiobooks.media.tasks import verify_stored_audio
from lab_celery.models import OutboxRow, new_id

STATE = SourceFile.State


@pytest.fixture
def files(transactional_db) -> list[SourceFile]:
    """Three intact files of one recording, never verified."""
    audiobook = make_audiobook()
    return [
        services.source_file_store(
            audiobook_id=audiobook.id, position=n, start_ms=n * 2000, content=tones_m4a(n * 220)
        )
        for n in (1, 2, 3)
    ]


def path_of(file: SourceFile):
    return storage.path_of(storage.audio_name(file.sha256))


def states() -> list[str]:
    return list(SourceFile.objects.order_by("position").values_list("state", flat=True))


def verified_at() -> list:
    return list(SourceFile.objects.order_by("position").values_list("verified_at", flat=True))


class Broker:
    """A queue of its own on a real broker, and workers that take from it."""

    def __init__(self, url: str, log) -> None:
        self.url, self.log, self.queue = url, log, f"test-{uuid4()}"

    def send(self) -> None:
        event = {"event_id": str(new_id()), "attempt": 1, "ids": {}}
        with Connection(self.url) as connection:
            verify_stored_audio.apply_async(kwargs=event, queue=self.queue, connection=connection)

    def worker(self):
        command = ["celery", "-A", "config", "worker", "--concurrency", "1", "--queues", self.queue]
        env = process_environment(CELERY_BROKER_URL=self.url, STORAGE_DIR=str(project.STORAGE_DIR))
        return running(*command, "--without-mingle", "--without-gossip", log=self.log, env=env)

    def remove(self) -> None:
        with Connection(self.url) as connection, connection.channel() as channel:
            channel.queue_delete(self.queue)
            channel.exchange_delete(self.queue)
            if connection.transport.driver_type == "redis":  # where that leaves the exchange's binding
                channel.client.delete(*channel.client.keys(f"*{self.queue}*"))


@contextlib.contextmanager
def broker_at(url: str, log) -> Iterator[Broker]:
    broker = Broker(url, log)
    try:
        yield broker
    finally:
        broker.remove()


def writer_of(pipe) -> int | None:
    """Open a named pipe that somebody reads; None where nobody does. The reader waits until it is closed."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None


@pytest.mark.django_db
def test_running_it_twice_is_running_it_once_whatever_tomorrow_sends(files):
    tick(verify_stored_audio)
    first = verified_at()

    tick(verify_stored_audio, because="of a later version")

    assert None not in first
    assert verified_at() == first


def test_a_worker_on_valkey_finds_the_damage(files, settings, tmp_path):
    path_of(files[1]).write_bytes(b"damaged")

    with broker_at(settings.REDIS_URL, tmp_path / "log") as broker, broker.worker():
        broker.send()
        eventually(lambda: None not in verified_at())

    assert states() == [STATE.INTACT, STATE.CORRUPT, STATE.INTACT]


@pytest.mark.rabbitmq
def test_a_worker_killed_in_the_middle_loses_nothing(files, rabbitmq_url, tmp_path):
    content = path_of(files[1]).read_bytes()
    path_of(files[1]).unlink()
    os.mkfifo(path_of(files[1]))  # the worker waits in the middle of its work until somebody writes
    started_at = timezone.now()

    with broker_at(rabbitmq_url, tmp_path / "log") as broker:
        broker.send()
        with broker.worker() as worker:
            writer = eventually(lambda: writer_of(path_of(files[1])))
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            os.close(writer)
        found_before = verified_at()
        path_of(files[1]).unlink()
        path_of(files[1]).write_bytes(content)
        with broker.worker():
            eventually(OutboxRow.objects.filter(task=verify_stored_audio.name, attempt=2).exists)
    keep_promises()  # that try, as a relay and a worker would

    assert found_before[0] > started_at
    assert found_before[1:] == [None, None]
    assert verified_at()[0] == found_before[0]
    assert states() == [STATE.INTACT, STATE.INTACT, STATE.INTACT]
