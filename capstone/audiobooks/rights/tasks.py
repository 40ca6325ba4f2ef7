"""Later, and again if need be."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from audiobooks.rights import services
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

# A copy counts its own attempts. The others are those of a second delivery, which asks whether the first worker still lives.
PATIENT = Policy(attempts=200, base=timedelta(seconds=5), most=timedelta(minutes=1))
SOON_AGAIN = Policy(attempts=3)  # the next tick comes anyway


@on_event("rights.export_queued", policy=PATIENT, in_transaction=False)
def make_export(_delivery: Delivery, *, export_id: str, **_later: object) -> None:
    """Make a copy of somebody's data, once."""
    services.export_run(export_id=UUID(export_id), clock=timezone.now)


@on_event("rights.export_ready", queue="mail")
def tell_owner(delivery: Delivery, *, export_id: str, **_later: object) -> None:
    """Tell the owner that it is ready."""
    services.export_ready_tell(delivery, export_id=UUID(export_id), now=timezone.now())


# --8<-- [start:every]
every(timedelta(hours=1), "rights.upkeep_due")


@on_event("rights.upkeep_due", queue="periodic", policy=SOON_AGAIN, in_transaction=False)
def delete_accounts_due(_delivery: Delivery, **_later: object) -> None:
    """Delete the accounts whose grace is over; a second delivery goes on where the first stopped."""
    services.deletions_carry_out(now=timezone.now())


@on_event("rights.upkeep_due", queue="periodic", policy=SOON_AGAIN, in_transaction=False)
def delete_expired_exports(_delivery: Delivery, **_later: object) -> None:
    """Delete copies whose week is over, and their files."""
    services.exports_expire(now=timezone.now())


# --8<-- [end:every]
