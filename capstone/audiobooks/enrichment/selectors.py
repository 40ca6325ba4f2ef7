"""Reading look-ups and proposals. Each selector states what it costs."""

from uuid import UUID

from django.db.models import QuerySet

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.selectors import audiobook_visible_to
from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.errors import NotFound
from audiobooks.principal import Principal


def lookups_of(principal: Principal, audiobook_id: UUID) -> QuerySet[Lookup]:
    """Return a recording's look-ups. 2 queries. Raises ``NotFound``."""
    return Lookup.objects.filter(audiobook=audiobook_visible_to(principal, audiobook_id))


def lookup(lookup_id: UUID) -> Lookup:
    """Return one look-up. 1 query. Raises ``NotFound``."""
    one = Lookup.objects.filter(pk=lookup_id).first()
    if one is None:
        raise NotFound("lookup_unknown", f"There is no look-up {lookup_id}.")
    return one


def proposals_of(principal: Principal, audiobook_id: UUID) -> QuerySet[Proposal]:
    """Return what was proposed for a recording. 2 queries. Raises ``NotFound``."""
    return Proposal.objects.filter(audiobook=audiobook_visible_to(principal, audiobook_id))


def proposal(proposal_id: UUID) -> Proposal:
    """Return one proposal. 1 query. Raises ``NotFound``."""
    one = Proposal.objects.filter(pk=proposal_id).first()
    if one is None:
        raise NotFound("proposal_unknown", f"There is no proposal {proposal_id}.")
    return one


def current_values(audiobook: Audiobook) -> dict[str, str]:
    """Return what proposals are compared with, as text. 3 queries at most."""
    year = audiobook.book.first_published_year
    isbn = audiobook.external_ids.filter(scheme="isbn").order_by("pk").values_list("value", flat=True).first()
    return {
        "title": audiobook.title,
        "subtitle": audiobook.subtitle,
        "publisher": audiobook.publisher.name if audiobook.publisher else "",
        "isbn": isbn or "",
        "first_published_year": "" if year is None else str(year),
    }
