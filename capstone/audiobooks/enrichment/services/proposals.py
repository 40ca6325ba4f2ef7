"""Taking over what was proposed, or refusing it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.models import Audiobook, ExternalId, Publisher
from audiobooks.catalog.services import recordings, works
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.catalog.sorting import sort_key
from audiobooks.enrichment import selectors
from audiobooks.enrichment.models import Proposal
from audiobooks.errors import Conflict, NotFound
from lab_rest.preconditions import UNCONDITIONAL, Precondition


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
