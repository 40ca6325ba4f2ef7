"""Look-ups and proposals, for curators."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.accounts.permissions import IsCurator
from audiobooks.catalog.rest.etags import seen_by
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.operations import IDEMPOTENCY_KEY, ONLY_CURATORS, changes
from audiobooks.catalog.rest.shapes import AudiobookOut
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import audiobook_answer, valid
from audiobooks.enrichment import selectors
from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.enrichment.services import lookups, proposals
from lab_rest.idempotency import idempotent
from lab_rest.pagination import KeysetPagination
from lab_rest.preconditions import etag_of
from lab_rest.serializers import StrictSerializer

LOOKUP = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7da0",
    "isbn": "9780141439587",
    "title": "",
    "author": "",
    "state": "done",
    "attempts": 1,
    "found": 2,
    "reason_code": "",
    "reason": "",
    "created_at": "2026-01-02T09:10:00Z",
    "changed_at": "2026-01-02T09:10:04Z",
}
PROPOSAL = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7db0",
    "field": "subtitle",
    "current_value": "",
    "proposed_value": "A Novel",
    "source": "https://openlibrary.org/books/OL1M",
    "fetched_at": "2026-01-02T09:10:04Z",
    "state": "open",
    "decided_at": None,
}
DECIDED = {"409": "`proposal-decided`; or `proposal-outdated`: our value has changed since it was compared."}


@shown_as({"isbn": "978-0-14-143958-7"})
class LookupIn(StrictSerializer):
    """What to ask by."""

    isbn = serializers.CharField(
        max_length=20, required=False, help_text="Else the recording's own, else its work's title and author."
    )


@shown_as(LOOKUP)
class LookupOut(serializers.ModelSerializer[Lookup]):
    """How far a look-up has come."""

    reason_code = serializers.SerializerMethodField(help_text="The reason in a word.")

    class Meta:
        model = Lookup
        fields = tuple(LOOKUP)
        read_only_fields = fields

    def get_reason_code(self, lookup: Lookup) -> str:
        """Return it as problems spell their types."""
        return lookup.reason_code.replace("_", "-")


@shown_as(PROPOSAL)
class ProposalOut(serializers.ModelSerializer[Proposal]):
    """What another catalogue says, beside what ours said then."""

    class Meta:
        model = Proposal
        fields = tuple(PROPOSAL)
        read_only_fields = fields


def listed(operation_id: str, summary: str) -> Any:
    """Describe a list of a recording's in the OpenAPI document."""
    return extend_schema_view(
        get=extend_schema(
            tags=["curating"],
            operation_id=operation_id,
            summary=summary,
            description="For curators. One page, the newest first. Follow `next` for more.",
            extensions={"x-problems": ONLY_CURATORS},
        )
    )


@listed("lookups_list", "List a recording's look-ups")
@changes(
    "post",
    "lookups_create",
    "Look a recording up in another catalogue",
    request=LookupIn,
    response=LookupOut,
    header=IDEMPOTENCY_KEY,
    problems={
        "409": "`lookup-running`; or the first request with this key is still running.",
        "503": "`no-book-api`: none is set up here.",
    },
)
class Lookups(generics.ListAPIView[Lookup]):
    """GET audiobooks/{id}/lookups/ → 200 a page · 401 · 403 · 404. POST → 201 · 400 · 401 · 403 · 404 · 409 · 422 · 503."""

    permission_classes = (IsCurator,)
    pagination_class = KeysetPagination
    serializer_class = LookupOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-created_at": ("-created_at", "-id")}
    default_ordering = "-created_at"

    def get_queryset(self) -> Any:
        """Return the recording's look-ups."""
        if getattr(self, "swagger_fake_view", False):
            return Lookup.objects.none()
        return selectors.lookups_of(principal_of(self.request), identifier(self.kwargs["id"]))

    @idempotent(required=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """Promise to ask, and answer at once."""
        audiobook_id, given = identifier(id), valid(LookupIn, request).validated_data.get("isbn", "")
        isbn = lookups.isbn_normal(given) if given else ""
        lookup = lookups.lookup_begin(
            audiobook_id=audiobook_id, curator_id=user_id_of(request), isbn=isbn, now=timezone.now()
        )
        headers = {
            "Location": reverse("v1:lookup", args=[lookup.pk]),
            "ETag": etag_of(lookup.pk, lookup.changed_at),
        }
        return Response(LookupOut(lookup).data, status=201, headers=headers)


class LookupOne(APIView):
    """GET lookups/{id}/ → 200 · 401 · 403 · 404."""

    permission_classes = (IsCurator,)

    @extend_schema(
        tags=["curating"],
        operation_id="lookups_get",
        summary="See how far a look-up has come",
        description="For curators.",
        responses=LookupOut,
        extensions={"x-problems": ONLY_CURATORS},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """Return it as it stands."""
        found = selectors.lookup(identifier(id))
        return Response(LookupOut(found).data, headers={"Cache-Control": "no-store"})


@listed("proposals_list", "List what was proposed for a recording")
class Proposals(generics.ListAPIView[Proposal]):
    """GET audiobooks/{id}/proposals/ → 200 a page · 401 · 403 · 404."""

    permission_classes = (IsCurator,)
    pagination_class = KeysetPagination
    serializer_class = ProposalOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-fetched_at": ("-fetched_at", "-id")}
    default_ordering = "-fetched_at"

    def get_queryset(self) -> Any:
        """Return the recording's proposals."""
        if getattr(self, "swagger_fake_view", False):
            return Proposal.objects.none()
        return selectors.proposals_of(principal_of(self.request), identifier(self.kwargs["id"]))


@changes("post", "proposals_accept", "Take a proposed value over", None, AudiobookOut, problems=DECIDED)
class ProposalAccept(APIView):
    """POST proposals/{id}/accept/ → 200 the recording · 401 · 403 · 404 · 409 · 412 · 428."""

    permission_classes = (IsCurator,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take it over, where the recording is still the version the caller has seen."""
        audiobook_id = proposals.proposal_accept(
            proposal_id=identifier(id),
            curator_id=user_id_of(request),
            precondition=seen_by(request),
            now=timezone.now(),
        )
        return audiobook_answer(request, audiobook_id)


class ProposalReject(APIView):
    """POST proposals/{id}/reject/ → 200 the proposal · 401 · 403 · 404 · 409."""

    permission_classes = (IsCurator,)

    @extend_schema(
        tags=["curating"],
        operation_id="proposals_reject",
        summary="Refuse a proposed value",
        description="For curators.",
        request=None,
        responses=ProposalOut,
        extensions={"x-problems": ONLY_CURATORS | {"409": "`proposal-decided`."}},
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Refuse it."""
        rejected = proposals.proposal_reject(
            proposal_id=identifier(id), curator_id=user_id_of(request), now=timezone.now()
        )
        return Response(ProposalOut(rejected).data)
