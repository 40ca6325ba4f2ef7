"""How far a long job is, for an API to show. Imports no Celery."""

from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from lab_celery.models import Progress


def report(job_id: UUID, *, step: int, of: int, message: str = "") -> None:
    """
    Say that a job is at ``step`` of ``of``; the message is cut at 200 characters. 1 query, in a transaction of its own.

    Raises ``TransactionManagementError`` inside a transaction: nobody would see it before the commit.
    """
    if not 0 <= step <= of:
        raise ValueError(f"step {step} of {of}: a step is from 0 to {of}.")
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "Report progress outside of a transaction: on_event(…, in_transaction=False)."
        )
    row = Progress(job_id=job_id, step=step, of=of, message=message[:200], updated_at=timezone.now())
    Progress.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["job_id"],
        update_fields=["step", "of", "message", "updated_at"],
    )


def progress_of(job_id: UUID) -> Progress | None:
    """Return how far a job is; None where it has not begun. 1 query."""
    return Progress.objects.filter(pk=job_id).first()
