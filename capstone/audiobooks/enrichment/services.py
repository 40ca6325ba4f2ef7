"""
What curators do with another catalogue's knowledge: ask for it, take it over, or refuse it.

Nobody waits for the other catalogue but a worker: a look-up is a row and an event in one transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import IntegrityError, transaction

from audiobooks.catalog.models import Audiobook, Credit, ExternalId, Publisher
from audiobooks.catalog.services import recordings, works
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.catalog.sorting import sort_key
from audiobooks.enrichment import book_api, selectors
from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.errors import Conflict, DomainError, Invalid, NotFound
from lab_caching import outbound as errors
from lab_celery import outbox
from lab_rest.preconditions import UNCONDITIONAL, Precondition


class Clock(Protocol):
    """Gives the time, aware UTC."""

    def __call__(self) -> datetime: ...


class NoBookApi(DomainError):
    """There is nobody to ask."""

    def __init__(self) -> None:
        super().__init__("no_book_api", "No book API is set up here: BOOK_API_URL names one.")


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


def lookup_begin(*, audiobook_id: UUID, curator_id: UUID, isbn: str, now: datetime) -> Lookup:
    """
    Promise to look a recording up: by ``isbn``, by the one it has, or by its work's title and first author.

    Raises ``NotFound``; ``NoBookApi``; ``Conflict("lookup_running")`` while one of this curator's waits. Publishes
    ``enrichment.lookup_begun``.
    """
    if not book_api.is_set_up():
        raise NoBookApi
    audiobook = Audiobook.objects.select_related("book").filter(pk=audiobook_id).first()
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}.")
    isbn = isbn or selectors.current_values(audiobook)["isbn"]
    credit = audiobook.credits.filter(role=Credit.Role.AUTHOR).select_related("person").first()
    author = credit.person.name if credit else ""
    asks = {"isbn": isbn} if isbn else {"title": audiobook.book.title, "author": author}
    with transaction.atomic():
        lost = Lookup.objects.filter(audiobook=audiobook, curator=curator_id, state=Lookup.State.QUEUED)
        lost.filter(changed_at__lte=now - Lookup.LONGEST).update(
            state=Lookup.State.FAILED, reason_code="worker_lost", reason="Nobody did it within an hour."
        )
        try:
            with transaction.atomic():
                lookup = Lookup.objects.create(
                    audiobook=audiobook, curator_id=curator_id, created_at=now, changed_at=now, **asks
                )
        except IntegrityError as error:
            raise Conflict("lookup_running", "You are having this recording looked up already.") from error
        outbox.publish("enrichment.lookup_begun", lookup_id=lookup.id)
    return lookup


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


def proposal_accept(
    *, proposal_id: UUID, curator_id: UUID | None, precondition: Precondition, now: datetime
) -> UUID:
    """
    Take a proposed value over, and return its recording's id. ``precondition`` is of the recording's version.

    Other open proposals for the same field are outdated then. Raises ``NotFound``, ``PreconditionFailed``;
    ``Conflict``: ``proposal_decided``, and ``proposal_outdated`` where our value is no longer the one it was compared with.
    """
    audiobook_id = selectors.proposal(proposal_id).audiobook_id
    with transaction.atomic():
        audiobook = precondition.locked(Audiobook.objects.filter(pk=audiobook_id))
        proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
        if audiobook is None or proposal is None:
            raise NotFound("proposal_unknown", f"There is no proposal {proposal_id}.")
        if proposal.state != Proposal.State.OPEN:
            raise Conflict("proposal_decided", f"This proposal is {proposal.state} already.")
        if selectors.current_values(audiobook)[proposal.field] != proposal.current_value:
            raise Conflict(
                "proposal_outdated", "The value has changed since it was compared: look it up again."
            )
        _take_over(audiobook, proposal)
        others = Proposal.objects.filter(audiobook=audiobook, field=proposal.field, state=Proposal.State.OPEN)
        others.exclude(pk=proposal.pk).update(state=Proposal.State.OUTDATED, decided_at=now)
        _decide(proposal, Proposal.State.ACCEPTED, curator_id, now)
    return audiobook_id


def proposal_reject(*, proposal_id: UUID, curator_id: UUID | None, now: datetime) -> Proposal:
    """Refuse a proposed value. Raises ``NotFound``; ``Conflict("proposal_decided")``."""
    with transaction.atomic():
        proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
        if proposal is None:
            raise NotFound("proposal_unknown", f"There is no proposal {proposal_id}.")
        if proposal.state != Proposal.State.OPEN:
            raise Conflict("proposal_decided", f"This proposal is {proposal.state} already.")
        return _decide(proposal, Proposal.State.REJECTED, curator_id, now)


def _decide(proposal: Proposal, state: str, curator_id: UUID | None, now: datetime) -> Proposal:
    proposal.state, proposal.decided_by_id, proposal.decided_at = state, curator_id, now
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    return proposal


def _take_over(audiobook: Audiobook, proposal: Proposal) -> None:
    """Change what is ours: through the services of the catalogue, which count up every version that shows it."""
    value = proposal.proposed_value
    if proposal.field == Proposal.Field.FIRST_PUBLISHED_YEAR:
        change = works.BookChange(first_published_year=int(value))
        works.book_change(book_id=audiobook.book_id, change=change, precondition=UNCONDITIONAL)
    elif proposal.field == Proposal.Field.ISBN:
        ExternalId.objects.get_or_create(audiobook=audiobook, scheme=ExternalId.Scheme.ISBN, value=value)
        versions_count_up(audiobook)
    elif proposal.field == Proposal.Field.PUBLISHER:
        publisher, _ = Publisher.objects.get_or_create(
            name=value[:200], defaults={"sort_name": sort_key(value)}
        )
        changed = recordings.AudiobookChange(publisher_id=publisher.pk)
        recordings.audiobook_change(audiobook_id=audiobook.pk, change=changed, precondition=UNCONDITIONAL)
    else:
        is_title = proposal.field == Proposal.Field.TITLE
        changed = recordings.AudiobookChange(
            title=value if is_title else None, subtitle=None if is_title else value
        )
        recordings.audiobook_change(audiobook_id=audiobook.pk, change=changed, precondition=UNCONDITIONAL)


def isbn_normal(text: str) -> str:
    """Return an ISBN of 10 or 13 without hyphens and spaces. Raises ``Invalid`` where its check digit is wrong."""
    isbn = text.replace("-", "").replace(" ", "").upper()
    digits = [10 if mark == "X" else int(mark) for mark in isbn if mark in "0123456789X"]
    if len(isbn) == len(digits) == 10 and "X" not in isbn[:9]:
        is_right = (
            sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
        )
    else:
        is_right = isbn.isascii() and isbn.isdigit() and len(isbn) == 13
        is_right = is_right and sum(d * (1 + 2 * (n % 2)) for n, d in enumerate(digits)) % 10 == 0
    if not is_right:
        raise Invalid("not_an_isbn", f"{text!r:.40} is no ISBN of 10 or 13 digits: the check digit tells.")
    return isbn
