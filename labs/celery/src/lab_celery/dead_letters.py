"""What could not be done: to be read by a person, and to be tried again once its reason is mended."""

from datetime import datetime

from django.db import transaction

from lab_celery.models import DeadLetter, OutboxRow
from lab_celery.outbox import wake_relays
from lab_celery.retries import row_for
from lab_celery.subscriptions import Delivery


@transaction.atomic
def replay(letter_id: int, *, now: datetime) -> bool:
    """Promise a dead letter's event to its task anew, with all its attempts; False where there is no such letter."""
    # --8<-- [start:replay]
    letter = DeadLetter.objects.select_for_update().filter(pk=letter_id).first()
    if letter is None:
        return False
    delivery = Delivery(letter.event_id, letter.topic, letter.task, letter.ids)
    OutboxRow.objects.filter(event_id=letter.event_id, task=letter.task).delete()  # its attempts begin again
    row_for(delivery, attempt=1, due_at=now).save(force_insert=True)
    letter.delete()
    wake_relays()
    return True
    # --8<-- [end:replay]
