"""Deleting accounts that are due: every row and file that is theirs, or nothing at all."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.accounts.models import User
from audiobooks.personal_data import Held, Person
from audiobooks.rights.holdings import declared, person_of
from audiobooks.rights.models import Export
from audiobooks.rights.services.exports import file_delete

log = logging.getLogger(__name__)
AT_ONCE = 100


class NotErased(Exception):
    """Something of the account was left, so nothing was deleted. Says of which tables."""


def deletions_carry_out(*, now: datetime) -> int:
    """
    Delete the accounts whose time is over at ``now`` (aware UTC), 100 at most; return how many.

    Each is a transaction of its own. Where one cannot be deleted, the others are, and then it is raised.
    """
    due = User.objects.filter(deletion_due_at__lte=now).order_by("deletion_due_at")
    failures: list[Exception] = []
    done = 0
    for user_id in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            done += account_erase(user_id=user_id, now=now)
        except Exception as error:  # noqa: BLE001 -- raised below, once nobody else has to wait for it
            log.error("An account that is due was not deleted: %s", error)
            failures.append(error)
    if failures:
        raise failures[0]
    return done


# --8<-- [start:erase]
def account_erase(*, user_id: UUID, now: datetime) -> bool:
    """
    Delete an account that is due, with all that is theirs; False where it is not, or another worker is at it.

    What others need stays, and no longer says whose it was. Raises ``NotErased``, and then nothing has changed.
    """
    held, _ = declared()
    with transaction.atomic():
        due = User.objects.select_for_update(skip_locked=True).filter(pk=user_id, deletion_due_at__lte=now)
        user = due.first()
        if user is None:
            return False
        person = person_of(user)
        exports = list(Export.objects.filter(user=user).values_list("pk", flat=True))
        for one in held:
            if one.forget:
                one.forget(user_id)
        anonymise(held, person)
        for one in held:
            if not isinstance(one.whose, str):  # no foreign key leads to the account
                one.of(person).delete()
        user.delete()
        left = [one.name for one in held if one.of(person).exists()]
        if left:
            raise NotErased(", ".join(left))
    for export_id in exports:
        file_delete(export_id)
    log.info("An account was deleted, as its owner asked.")
    return True


def anonymise(held: list[Held], person: Person) -> None:
    """Overwrite what stays. First all rows are found, for what leads to them is overwritten too."""
    staying = [(one, list(one.of(person).values_list("pk", flat=True))) for one in held if one.stays]
    for one, keys in staying:
        if one.stays:
            one.model._default_manager.filter(pk__in=keys).update(**one.stays)


# --8<-- [end:erase]
