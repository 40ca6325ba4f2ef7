"""Look-ups and proposals in the admin: to look at, and to decide many at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.enrichment.services import proposals
from audiobooks.errors import DomainError
from audiobooks.read_only import ReadOnlyAdmin
from lab_rest.preconditions import UNCONDITIONAL


@admin.register(Lookup)
class LookupAdmin(ReadOnlyAdmin):
    list_display = ("audiobook", "isbn", "title", "state", "attempts", "found", "reason", "changed_at")
    list_filter = ("state",)
    list_select_related = ("audiobook",)
    search_fields = ("isbn", "title", "audiobook__title")


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("audiobook", "field", "current_value", "proposed_value", "state", "source", "fetched_at")
    list_filter = ("state", "field")
    list_select_related = ("audiobook",)
    search_fields = ("audiobook__title", "proposed_value")
    actions = ("accept", "reject")

    @admin.action(description="Take the proposed values over")
    def accept(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        """Accept each whose field still has the value it was compared with."""
        self.decide(request, queryset, proposals.proposal_accept, precondition=UNCONDITIONAL)

    @admin.action(description="Refuse the proposed values")
    def reject(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        """Refuse each that is open."""
        self.decide(request, queryset, proposals.proposal_reject)

    def decide(
        self, request: HttpRequest, queryset: QuerySet[Proposal], service: Callable[..., Any], **also: object
    ) -> None:
        """Do it to each, and say which could not be."""
        curator_id = request.user.pk
        done = 0
        for proposal in queryset:
            try:
                service(proposal_id=proposal.pk, curator_id=curator_id, now=timezone.now(), **also)
                done += 1
            except DomainError as error:
                self.message_user(request, f"{proposal}: {error.detail}", messages.WARNING)
        self.message_user(request, f"{done} decided.")
