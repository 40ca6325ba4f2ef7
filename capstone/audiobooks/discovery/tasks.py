"""Search at night."""

import logging
from datetime import timedelta

from audiobooks.discovery import services
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

log = logging.getLogger(__name__)
AGAIN = Policy(attempts=3)  # the next night comes anyway

every(timedelta(days=1), "discovery.documents_due")


@on_event("discovery.documents_due", queue="periodic", policy=AGAIN, in_transaction=False)
def compare_documents(_delivery: Delivery, **_later: object) -> None:
    """Write the documents that are not as they should be, and say how many there were."""
    written = services.documents_rebuild()
    if written:
        log.warning("Search documents that were not as they should be: %s", written)
