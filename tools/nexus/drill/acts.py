"""
What goes wrong, on purpose: each act starts work, kills what does it, and counts what became of the work.

Imported once Django is set up.
"""

import hashlib
import io
import math
import time
from array import array
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from threading import Thread
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from audiobooks.accounts import mail
from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook, Book, Credit, Person
from audiobooks.catalog.services.statuses import ANY_VERSION, audiobook_publish
from audiobooks.library.models import Announcement, Follow
from audiobooks.media import services, storage
from audiobooks.media.encoding import encode_m4a
from audiobooks.media.models import Job, Rendition, SourceFile
from lab_celery.models import DeadLetter, OutboxRow, Receipt
from nexus.drill.stage import Stage

RATE_HZ = 22_050
LETTER, JOB_LETTER = "audiobooks.accounts.tasks.send_letter", "audiobooks.media.tasks.tell_curator"
INGEST, ANNOUNCEMENT = "audiobooks.media.tasks.ingest", "audiobooks.library.tasks.send_announcement"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One act's row. ``doubled``: effects beyond one each, in database or storage; ``repeated``: letters that came twice."""

    act: str
    started: int
    finished: int
    doubled: int
    letters: int
    repeated: int
    recovered_s: float

    @property
    def lost(self) -> int:
        """What was started and never finished."""
        return self.started - self.finished


def transcode(stage: Stage) -> Outcome:
    """Kill the encoder with ``kill -9`` while it renders a book."""
    ada = listeners(1, role="curator")[0]
    stage.start("relay")
    stage.start("worker")
    encoder = stage.start("encoder")
    jobs = [job_of(ada, number, stage.size.seconds_each) for number in range(stage.size.jobs)]
    untouched = Job.objects.filter(state__in=["queued", "running"], attempts__lte=1)
    rendering = untouched.filter(stage="rendering", progress_percent__gte=50)
    killed: list[UUID] = []
    while len(killed) < stage.size.kills and untouched.exclude(pk__in=killed).exists():
        victims = rendering.exclude(pk__in=killed)
        stage.until("a job renders, or all did", lambda: victims.exists() or not untouched.exists())  # noqa: B023 -- called at once
        killed += victims.values_list("pk", flat=True)
        encoder, killed_at = stage.replaced(encoder), timezone.now()
    open_jobs = Job.objects.filter(state__in=["queued", "running"])
    if stage.settles("every job is over", lambda: not open_jobs.exists()):
        stage.settles("every curator is told", lambda: done(JOB_LETTER) == len(jobs))
    return outcome(
        "transcode",
        stage,
        started=len(jobs),
        finished=Job.objects.filter(state="done").count(),
        doubled=doubled_books(len(jobs)),
        letters=stage.sink.of(JOB_LETTER),
        recovered_s=in_hand_done(INGEST, since=killed_at),
    )


def mail_batch(stage: Stage) -> Outcome:
    """Kill the worker in the middle of the letters that tell of a new recording."""
    author = Person.objects.create(name="Jane Austen", sort_name="austen, jane")
    book = Book.objects.create(title="Emma", original_language="en", sort_title="emma")
    emma = Audiobook.objects.create(
        book=book, title="Emma", sort_title="emma", language="en", duration_ms=1, released_on=date(2026, 1, 1)
    )
    Credit.objects.create(audiobook=emma, person=author, role="author", position=1)
    followers = listeners(stage.size.followers)
    now = timezone.now()
    Follow.objects.bulk_create(Follow(user=one, person=author, created_at=now) for one in followers)
    stage.start("relay")
    worker = stage.start("worker")
    audiobook_publish(audiobook_id=emma.pk, precondition=ANY_VERSION)
    for number in range(1, stage.size.kills + 1):
        share = len(followers) * number // (stage.size.kills + 1)
        stage.until(f"{share} letters", partial(stage.sink.has, ANNOUNCEMENT, share))
        worker, killed_at = stage.replaced(worker), timezone.now()
    stage.settles("every letter is sent", lambda: done(ANNOUNCEMENT) == len(followers))
    told = Announcement.objects.filter(sent_at__isnull=False)
    return outcome(
        "mail batch",
        stage,
        started=len(followers),
        finished=told.count(),
        doubled=told.count() - told.values("user").distinct().count(),
        letters=stage.sink.of(ANNOUNCEMENT),
        recovered_s=in_hand_done(ANNOUNCEMENT, since=killed_at),
    )


def relay(stage: Stage) -> Outcome:
    """Kill the relay after the broker has events, and before they are marked as handed over."""
    stage.start("worker")
    running = stage.start("relay")
    promised = promise_letters(1)
    stage.until("both are at work", lambda: handed_over() == 1)
    kills = 0
    while kills < stage.size.kills:
        stage.until("all that was handed over is sent", lambda: done(LETTER) == handed_over())
        promised += promise_letters(stage.size.letters, at_once=True)
        stage.until("a letter is sent", lambda: done(LETTER) > handed_over() or not waiting())
        running, killed_at = stage.replaced(running), timezone.now()
        kills += waiting()  # else it was too fast, and idle when it was killed: once more
        stage.until("every event is handed over", lambda: not waiting())
        recovered_s = (timezone.now() - killed_at).total_seconds()
    stage.settles("every letter is sent", lambda: done(LETTER) == promised)
    return letters_outcome("relay", stage, promised, recovered_s)


def broker(stage: Stage) -> Outcome:
    """Stop the broker under load, and start it again; work is promised all the while."""
    ada = listeners(1, role="curator")[0]
    for name in ("relay", "worker", "encoder"):
        stage.start(name)
    job_of(ada, 0, stage.size.seconds_each)
    stage.until("a job runs", Job.objects.filter(state="running").exists)
    load = Thread(target=closing(partial(promise_letters, stage.size.letters)))
    load.start()
    stage.until("a tenth is sent", lambda: done(LETTER) >= stage.size.letters // 10)
    server = stage.stop_broker()
    time.sleep(stage.size.away_s)  # how long it is away is the drill's to say
    server.start()
    back_at = timezone.now()
    first = Receipt.objects.filter(task=LETTER, done_at__gt=back_at)
    stage.until("letters are sent again", first.exists)
    load.join()
    stage.settles("every letter is sent", lambda: done(LETTER) == stage.size.letters)
    stage.settles("the job is done", lambda: done(JOB_LETTER) == 1)
    recovered_s = (first.earliest("done_at").done_at - back_at).total_seconds()
    found = letters_outcome("broker", stage, stage.size.letters, recovered_s)
    return Outcome(
        found.act,
        found.started + 1,
        found.finished + Job.objects.filter(state="done").count(),
        found.doubled + doubled_books(1),
        found.letters + len(stage.sink.of(JOB_LETTER)),
        found.repeated + repeated(stage.sink.of(JOB_LETTER)),
        found.recovered_s,
    )


ACTS: dict[str, Callable[[Stage], Outcome]] = {
    "transcode": transcode,
    "mail": mail_batch,
    "relay": relay,
    "broker": broker,
}


def outcome(
    act: str,
    stage: Stage,
    *,
    started: int,
    finished: int,
    doubled: int,
    letters: list[str],
    recovered_s: float,
) -> Outcome:
    """Return an act's row; what was given up counts as lost."""
    given_up = DeadLetter.objects.count()
    return Outcome(act, started, finished - given_up, doubled, len(letters), repeated(letters), recovered_s)


def letters_outcome(act: str, stage: Stage, promised: int, recovered_s: float) -> Outcome:
    """Return the row of an act about letters: a letter that came is one that was not lost."""
    letters = stage.sink.of(LETTER)
    finished, receipts = len(set(letters)), Receipt.objects.filter(task=LETTER)
    doubled = receipts.count() - receipts.values("event_id").distinct().count()
    return outcome(
        act,
        stage,
        started=promised,
        finished=finished,
        doubled=doubled,
        letters=letters,
        recovered_s=recovered_s,
    )


def repeated(letters: list[str]) -> int:
    """Return how many letters came under a Message-ID that had come."""
    return len(letters) - len(set(letters))


def done(task: str) -> int:
    """Return how many events a task has had its effect for."""
    return Receipt.objects.filter(task=task).count()


def handed_over() -> int:
    """Return how many letters' events are marked as handed over."""
    return OutboxRow.objects.filter(topic="accounts.letter", attempt=1, sent_at__isnull=False).count()


def waiting() -> bool:
    """Tell whether a letter's event waits for the relay."""
    return OutboxRow.objects.filter(topic="accounts.letter", sent_at=None).exists()


def in_hand_done(task: str, *, since: datetime) -> float:
    """Return after how many seconds all was done that a killed worker had in hand: what was tried a second time."""
    again = OutboxRow.objects.filter(task=task, attempt=2).values("event_id")
    last = Receipt.objects.filter(task=task, event_id__in=again).aggregate(at=Max("done_at"))["at"]
    return (last - since).total_seconds() if last else 0.0


def doubled_books(jobs: int) -> int:
    """Return how many recordings, files and renditions there are beyond one of each kind per job, in rows and on disk."""
    sources, renditions = SourceFile.objects.all(), Rendition.objects.all()
    kinds = renditions.values("audiobook", "kind").distinct().count()
    too_many = (Audiobook.objects.count() - jobs, sources.count() - jobs, renditions.count() - kinds)
    rows = sum(max(0, number) for number in too_many)  # what is lost makes up for nothing
    named = {*sources.values_list("sha256", flat=True), *renditions.values_list("sha256", flat=True)}
    audio = storage.path_of("audio")
    on_disk = {path.stem for path in audio.rglob("*.m4a")} if audio.exists() else set()
    return rows + len(on_disk - named)


def listeners(number: int, role: str = "listener") -> list[User]:
    """Make users who cannot log in."""
    return User.objects.bulk_create(
        User(username=f"{role}-{n}", email=f"{role}-{n}@example.org", role=role, password="!")  # noqa: S106 -- no hash
        for n in range(number)
    )


def job_of(curator: User, number: int, seconds: int) -> Job:
    """Upload a tone of its own, and ask for a job."""
    tone = array(
        "h", [int(8000 * math.sin(2 * math.pi * (220 + 20 * number) * n / RATE_HZ)) for n in range(RATE_HZ)]
    )
    content = encode_m4a((tone * seconds).tobytes(), sample_rate_hz=RATE_HZ, title=f"Tone {number}")
    upload = services.upload_begin(
        curator_id=curator.pk,
        file_name=f"tone-{number}.m4a",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        now=timezone.now(),
    )
    services.upload_append(
        upload_id=upload.pk,
        curator_id=curator.pk,
        offset=0,
        length=len(content),
        read=io.BytesIO(content).read,
        clock=timezone.now,
    )
    return services.job_begin(curator_id=curator.pk, upload_ids=[upload.pk], now=timezone.now())


def promise_letters(number: int, *, at_once: bool = False) -> int:
    """Promise letters, in one transaction or in one each, a hundred a second at most; return how many."""
    with transaction.atomic() if at_once else nullcontext():
        for n in range(number):
            with transaction.atomic():
                mail.letter("no_account", to=f"somebody-{n}@example.org")
            time.sleep(0 if at_once else 0.01)
    return number


def closing(work: Callable[[], object]) -> Callable[[], None]:
    """Return the work, for a thread: its connection to the database ends with it."""

    def run() -> None:
        try:
            work()
        finally:
            with suppress(Exception):
                connection.close()

    return run
