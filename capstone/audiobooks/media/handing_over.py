"""
Jobs to the workers. Interim: the outbox of the celery lab's part replaces this module.

A job is handed over after its transaction has committed. Where the broker is away then, or loses it, the row still
says "queued", and a periodic task hands it over again.
"""

from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction

INGEST = "audiobooks.media.tasks.ingest"


def job_hand_over(job_id: UUID) -> None:
    """Give a job to a worker once the current transaction, if there is one, has committed."""
    send = partial(current_app.send_task, INGEST, args=[str(job_id)], retry=False)
    transaction.on_commit(send, robust=True)  # the answer is right without a broker, too
