"""
Copies of one's data: asked for, made by a worker, kept for a week.

A copy may be made any number of times, by workers that die at any point: nothing is seen before the file has its name, and
that is the copy's own id.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audiobooks.accounts import mail
from audiobooks.accounts.models import User
from audiobooks.errors import NotFound
from audiobooks.media.addresses import SignedAddress, signed_address
from audiobooks.media.alone import alone
from audiobooks.media.storage import aside_folder, path_of
from audiobooks.rights.archive import archive_write
from audiobooks.rights.holdings import declared, person_of
from audiobooks.rights.models import Export
from lab_celery import outbox
from lab_celery.subscriptions import Delivery

log = logging.getLogger(__name__)

UNFINISHED = (Export.State.QUEUED, Export.State.RUNNING)
FOLDER = "exports"

Clock = Callable[[], datetime]


class ExportBusy(Exception):
    """Another worker is at this copy: ask again later, in case it is lost."""


def export_name(export_id: UUID) -> str:
    """Return a copy's path below STORAGE_DIR."""
    return f"{FOLDER}/{export_id}.zip"


def export_path(export_id: UUID) -> str:
    """Return the path that its address is signed for."""
    return f"media/exports/{export_id}.zip"


def export_address(export: Export, *, now: datetime) -> SignedAddress | None:
    """Return a signed address of a finished copy, for its owner; None for every other. No query."""
    if export.state != Export.State.DONE or export.expires_at <= now:
        return None
    return signed_address(export_path(export.pk), user_id=export.user_id, now=now)


# --8<-- [start:begin]
@transaction.atomic
def export_begin(*, user_id: UUID, now: datetime) -> Export:
    """
    Promise a copy of all that is a user's; while one is being made, that one is returned.

    ``now`` is aware UTC. Raises ``NotFound``. Publishes ``rights.export_queued``.
    """
    # One request of a user at a time, or two of them both find none.
    if User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first() is None:
        raise NotFound("account_gone", "This account no longer exists.")
    running = Export.objects.filter(user=user_id, state__in=UNFINISHED).first()
    if running is not None:
        return running
    export = Export.objects.create(
        user_id=user_id, created_at=now, changed_at=now, expires_at=now + Export.LIFETIME
    )
    outbox.publish("rights.export_queued", export_id=export.pk)
    return export


# --8<-- [end:begin]


def export_run(*, export_id: UUID, clock: Clock) -> None:
    """
    Make a copy, unless it is made; ``clock`` gives aware UTC. Raises ``ExportBusy`` while another worker is at it.

    Whatever is raised, it is queued again; after ``Export.MOST_ATTEMPTS`` it has failed.
    """
    with alone("export", export_id) as is_alone:
        export = Export.objects.select_related("user").filter(pk=export_id, state__in=UNFINISHED).first()
        if export is None:
            return
        if not is_alone:
            raise ExportBusy(f"Another worker is at export {export_id}.")
        if export.attempts >= Export.MOST_ATTEMPTS:
            _end(export, Export.State.FAILED, clock())
            return
        export.attempts += 1
        begun = {"state": Export.State.RUNNING, "attempts": export.attempts, "changed_at": clock()}
        export.still(*UNFINISHED).update(**begun)
        try:
            size_bytes = _made(export, clock)
        except Exception:
            is_last = export.attempts >= Export.MOST_ATTEMPTS
            _end(export, Export.State.FAILED if is_last else Export.State.QUEUED, clock())
            raise
        _done(export, size_bytes, clock())


def _made(export: Export, clock: Clock) -> int:
    """Write the file and give it its name; return its size."""

    def tell(share: float) -> None:
        export.still(Export.State.RUNNING).update(progress_percent=int(share * 100), changed_at=clock())

    place = path_of(export_name(export.pk))
    place.parent.mkdir(parents=True, exist_ok=True)
    held, _ = declared()
    with aside_folder() as folder:
        unfinished = folder / place.name
        with unfinished.open("wb") as file:
            archive_write(file, held, person_of(export.user), made_at=clock(), tell=tell)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # nginx, another user, serves it
            os.fsync(file.fileno())
        size_bytes = unfinished.stat().st_size
        unfinished.replace(place)
    return size_bytes


def _done(export: Export, size_bytes: int, now: datetime) -> None:
    """Let the owner have it, in place of the one before; where they are gone meanwhile, nobody has it."""
    with transaction.atomic():
        finished = export.still(Export.State.RUNNING).update(
            state=Export.State.DONE,
            progress_percent=100,
            size_bytes=size_bytes,
            changed_at=now,
            expires_at=now + Export.LIFETIME,
        )
        older = Export.objects.filter(user=export.user_id).exclude(pk=export.pk)
        gone = list(older.values_list("pk", flat=True)) if finished else [export.pk]
        older.filter(pk__in=gone).delete()
        if finished and mail.can_send():
            outbox.publish("rights.export_ready", export_id=export.pk)
    for export_id in gone:
        file_delete(export_id)


def _end(export: Export, state: Export.State, now: datetime) -> None:
    export.still(*UNFINISHED).update(state=state, progress_percent=0, changed_at=now)


def export_ready_tell(delivery: Delivery, *, export_id: UUID, now: datetime) -> None:
    """Tell the owner that a copy is ready; nothing where it is gone. Raises ``MailNotTaken``."""
    done = Export.objects.select_related("user").filter(pk=export_id, state=Export.State.DONE)
    export = done.filter(expires_at__gt=now, user__is_active=True).first()
    if export is None:
        return
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    letter = mail.written(
        "rights/mail/export_ready",
        export.user.email,
        username=export.user.username,
        expires_at=export.expires_at,
        address=f"{base}{reverse('v1:export')}",
    )
    mail.deliver(letter, delivery)


def exports_expire(*, now: datetime) -> int:
    """Delete copies whose time is over, and files of none; return how many ended. Safe to repeat."""
    ended = list(Export.objects.filter(expires_at__lte=now).values_list("pk", flat=True))
    Export.objects.filter(pk__in=ended).delete()
    for export_id in ended:
        file_delete(export_id)
    for file in orphans(older_than=now - timedelta(hours=1)):
        file.unlink(missing_ok=True)
    return len(ended)


def orphans(*, older_than: datetime) -> list[Path]:
    """Return the files that no row speaks of: of a worker that died between the two, or of an account that is gone."""
    files = {
        file.stem: file
        for file in path_of(FOLDER).glob("*.zip")
        if file.stat().st_mtime < older_than.timestamp()
    }
    known = Export.objects.filter(pk__in=list(files)).values_list("pk", flat=True)
    return [file for stem, file in files.items() if stem not in {str(pk) for pk in known}]


def file_delete(export_id: UUID) -> None:
    """Delete a copy's file; none is none."""
    path_of(export_name(export_id)).unlink(missing_ok=True)
