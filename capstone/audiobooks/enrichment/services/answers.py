"""
What the other catalogue answers: kept as proposals, or why there is no answer.

A worker's alone. Nothing that serves requests imports this module: the client of the other catalogue is large.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from audiobooks.enrichment import book_api, selectors
from audiobooks.enrichment.models import Lookup, Proposal
from lab_caching import outbound as errors


class Clock(Protocol):
    """Gives the time, aware UTC."""

    def __call__(self) -> datetime: ...


class LookupPutOff(Exception):
    """The service gave no answer this time; the look-up is tried again."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a failure is told to a curator, and whether another try may end otherwise."""

    code: str
    sentence: str
    may_pass: bool = True


# --8<-- [start:troubles]
TROUBLES: dict[type[errors.OutboundError], Trouble] = {
    errors.DeadlineExceeded: Trouble("service_too_slow", "The book service did not answer in time."),
    errors.Unreachable: Trouble("service_unreachable", "The book service could not be reached."),
    errors.ServiceFailed: Trouble(
        "service_failed", "The book service answered that it cannot answer just now."
    ),
    errors.CircuitOpen: Trouble(
        "service_left_alone", "The book service failed too often; it is left alone for a while."
    ),
    errors.TooLarge: Trouble(
        "answer_too_large", "The answer was larger than 1 MiB, and not read on.", may_pass=False
    ),
    errors.Unreadable: Trouble(
        "answer_unreadable", "The answer was not what such a service sends.", may_pass=False
    ),
    errors.AddressRefused: Trouble(
        "address_refused", "The service pointed where we do not go.", may_pass=False
    ),
    errors.TooManyRedirects: Trouble(
        "address_refused", "The service pointed from one address to the next.", may_pass=False
    ),
}
# --8<-- [end:troubles]


def lookup_run(*, lookup_id: UUID, is_last: bool, clock: Clock) -> None:
    """
    Ask the service, and keep what it proposes. Safe to repeat: a look-up that is over stays as it is.

    Raises ``LookupPutOff`` where another try may end otherwise; the try that ``is_last`` fails instead.
    """
    lookup = Lookup.objects.filter(pk=lookup_id, state=Lookup.State.QUEUED).first()
    if lookup is None:
        return
    try:
        found = book_api.edition(lookup.isbn) if lookup.isbn else book_api.work(lookup.title, lookup.author)
    except errors.OutboundError as error:
        _note(lookup, TROUBLES[type(error)], is_last=is_last, now=clock())
        return
    with transaction.atomic():
        waiting = Lookup.objects.select_for_update().filter(pk=lookup_id, state=Lookup.State.QUEUED).first()
        if waiting is None:
            return
        waiting.found = _propose(waiting, found, clock()) if found else 0
        waiting.state, waiting.attempts = Lookup.State.DONE, waiting.attempts + 1
        waiting.reason_code, waiting.reason = (
            ("", "") if found else ("not_found", "The book service does not know it.")
        )
        waiting.changed_at = clock()
        waiting.save()


def _note(lookup: Lookup, trouble: Trouble, *, is_last: bool, now: datetime) -> None:
    """Keep why there was no answer."""
    again = trouble.may_pass and not is_last
    Lookup.objects.filter(pk=lookup.pk, state=Lookup.State.QUEUED).update(
        state=Lookup.State.QUEUED if again else Lookup.State.FAILED,
        attempts=lookup.attempts + 1,
        reason_code=trouble.code,
        reason=f"{trouble.sentence} It will be asked again." if again else trouble.sentence,
        changed_at=now,
    )
    if again:
        raise LookupPutOff(trouble.code)


def _propose(lookup: Lookup, found: book_api.Found, now: datetime) -> int:
    """Keep what differs from ours and is not proposed already; return how much of it there is."""
    ours = selectors.current_values(lookup.audiobook)
    differing = {field: text for field, text in found.values.items() if text != ours[field]}
    Proposal.objects.bulk_create(
        [
            Proposal(
                audiobook_id=lookup.audiobook_id,
                lookup=lookup,
                field=field,
                current_value=ours[field],
                proposed_value=text,
                source=found.source,
                fetched_at=now,
            )
            for field, text in differing.items()
        ],
        ignore_conflicts=True,
    )
    return len(differing)
