"""Playing: begin, tell, end; and tell later what was played offline."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.catalog.rest.operations import IDEMPOTENCY_KEY
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.playback import selectors, services
from audiobooks.playback.models import PlaybackSession
from audiobooks.playback.rest import shapes
from audiobooks.playback.rest.operations import GONE, NO_GRANT, operation
from audiobooks.playback.rest.ticks import NO_STORE, events_in, events_out
from audiobooks.playback.sittings import place_in
from lab_rest.idempotency import idempotent
from lab_rest.preconditions import etag_of


def answer(session: PlaybackSession, *, status: int = 200) -> Response:
    """Answer a sitting, and where its listener is."""
    position = place_in(session.user_id, session.audiobook_id)
    headers = NO_STORE | {"ETag": etag_of(session.pk, session.closed_at)}
    if status == 201:
        headers["Location"] = reverse("v1:playback", args=[session.pk])
    return Response(
        shapes.PlaybackOut(session, context={"position": position}).data, status=status, headers=headers
    )


@operation(
    "post",
    "playback_begin",
    "Begin to play",
    request=shapes.PlaybackIn,
    response=shapes.PlaybackOut,
    status=201,
    parameters=[IDEMPOTENCY_KEY],
    problems=NO_GRANT | {"409": "`too-many-devices`; or the first request with this key is still running."},
)
class PlaybackBegin(APIView):
    """POST audiobooks/{id}/playback/ → 201 the session · 400 · 401 · 403 grant_required · 404 · 409 · 422."""

    permission_classes = (IsAuthenticated,)

    @idempotent(required=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """
        Begin a sitting with a recording on one device. The answer says where you are in it.

        The device makes a random id once and keeps it; so does each tab of a browser.
        """
        audiobook_id = identifier(id)
        device = valid(shapes.PlaybackIn, request).validated_data["device"]
        session = services.session_begin(
            principal=principal_of(request),
            audiobook_id=audiobook_id,
            device_id=device["id"],
            device_name=device["name"],
            now=timezone.now(),
        )
        return answer(session, status=201)


@operation("get", "playback_get", "See a sitting", response=shapes.PlaybackOut)
class Playback(APIView):
    """GET playback/{id}/ → 200 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """Return one of your own, and where you are."""
        return answer(selectors.session_of(user_id_of(request), identifier(id)))


@operation(
    "post",
    "playback_events",
    "Tell what was played",
    request=shapes.EventsIn,
    response=shapes.EventsOut,
    problems=NO_GRANT,
)
class PlaybackEvents(APIView):
    """POST playback/{id}/events/ → 200 an outcome per event · 400 · 401 · 403 grant_required · 404 · 413."""

    permission_classes = (IsAuthenticated,)

    def post(self, request: Request, id: str) -> HttpResponse:  # noqa: A002
        """
        Tell up to 500 events, 256 KiB at most, in any order; send them again where the answer is lost.

        Each has its own outcome: `applied` moved your place, `superseded` is kept but something later holds the place,
        `duplicate` was known, `conflict` is in disagreement with another device, `rejected` will never be taken, and
        says why. A member of the wrong type refuses the whole request with 400, and `errors` points at the event.
        """
        session_id = identifier(id)
        sent_at, told = events_in(request)
        result = services.events_store(
            principal=principal_of(request),
            session_id=session_id,
            sent_at=sent_at,
            told=told,
            now=timezone.now(),
        )
        return events_out(result)


@operation("post", "playback_close", "End a sitting", response=shapes.PlaybackOut)
class PlaybackClose(APIView):
    """POST playback/{id}/close/ → 200 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """End it; again changes nothing. Events that come later are taken all the same."""
        session = services.session_close(
            user_id=user_id_of(request), session_id=identifier(id), now=timezone.now()
        )
        return answer(session)


@operation(
    "post",
    "positions_sync",
    "Tell what was played offline",
    request=shapes.OfflineIn,
    response=shapes.EventsOut,
    problems=GONE | {"409": "`too-many-devices`."},
)
class PositionsSync(APIView):
    """POST me/positions/sync/ → 200 an outcome per event · 400 · 401 · 404 · 409 · 413."""

    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> HttpResponse:
        """
        Tell up to 500 events of up to 50 sittings that the device began by itself, in any recordings.

        Events of a recording that you may not hear (any more) are `rejected`, with `grant-required` or
        `audiobook-unknown` as their code; the others are taken.
        """
        body: Any = valid(shapes.OfflineIn, request)
        device = body.validated_data["device"]
        result = services.positions_sync(
            principal=principal_of(request),
            device=(device["id"], device["name"]),
            sent_at=body.validated_data["sent_at"],
            sessions=body.offline,
            told=body.told,
            now=timezone.now(),
        )
        return events_out(result)
