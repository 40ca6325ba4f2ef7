"""
What curators change over HTTP.

Each method reads its input, makes one domain call, and answers the thing as it now stands, with its ETag. A POST that
creates wants an Idempotency-Key; a change wants the ETag of what the caller has seen in If-Match.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of
from audiobooks.accounts.permissions import IsCurator
from audiobooks.catalog import selectors
from audiobooks.catalog.models import Audiobook, Book, Person
from audiobooks.catalog.rest import inputs, shapes, views
from audiobooks.catalog.rest.etags import etag_for, seen_by
from audiobooks.catalog.rest.operations import IDEMPOTENCY_KEY, changes, transition
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.services import people, recordings, statuses, works
from lab_rest.idempotency import idempotent


def valid(serializer: type[Any], request: Request) -> Any:
    """Return the body as the serializer that has accepted it. Raises ``ValidationError``."""
    accepted = serializer(data=request.data)
    accepted.is_valid(raise_exception=True)
    return accepted


def answer(thing: Audiobook | Book | Person, data: Any, *, created: str = "") -> Response:
    """Answer a thing with its ETag; ``created`` is the name of its address where it is new."""
    headers = {"ETag": etag_for(thing)}
    if created:
        headers["Location"] = reverse(created, args=[thing.pk])
    return Response(data, status=201 if created else 200, headers=headers)


def audiobook_answer(request: Request, audiobook_id: UUID, *, created: str = "") -> Response:
    """Answer a recording as it now stands."""
    audiobook = selectors.audiobook_details(principal_of(request)).get(pk=audiobook_id)
    return answer(audiobook, shapes.AudiobookOut(audiobook).data, created=created)


def book_answer(request: Request, book_id: UUID, *, created: str = "") -> Response:
    """Answer a work as it now stands."""
    book = selectors.book_cards(principal_of(request)).get(pk=book_id)
    return answer(book, shapes.BookOut(book).data, created=created)


@changes(
    "post",
    "audiobooks_create",
    "Create a recording, as a draft",
    inputs.AudiobookIn,
    shapes.AudiobookOut,
    header=IDEMPOTENCY_KEY,
)
class Audiobooks(views.AudiobookList):
    """GET audiobooks/ as before. POST → 201 the draft · 400 · 401 · 403 · 409 · 422."""

    # --8<-- [start:create]
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        """Make a draft."""
        given = valid(inputs.AudiobookIn, request)
        audiobook = recordings.audiobook_create(book_id=given.validated_data["book"], change=given.change)
        return audiobook_answer(request, audiobook.id, created="v1:audiobook")

    # --8<-- [end:create]


@changes("patch", "audiobooks_change", "Change a recording", inputs.AudiobookChangeIn, shapes.AudiobookOut)
class AudiobookOne(views.AudiobookDetail):
    """GET audiobooks/{id}/ as before. PATCH → 200 the recording · 400 · 401 · 403 · 404 · 412 · 428."""

    # --8<-- [start:change]
    def patch(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """Change what is given."""
        audiobook_id, seen = identifier(id), seen_by(request)
        change = valid(inputs.AudiobookChangeIn, request).change
        recordings.audiobook_change(audiobook_id=audiobook_id, change=change, precondition=seen)
        return audiobook_answer(request, audiobook_id)

    # --8<-- [end:change]


@changes(
    "put",
    "chapters_replace",
    "Replace a recording's chapters, all or none",
    inputs.ChaptersIn,
    shapes.AudiobookOut,
)
class Chapters(views.ChapterList):
    """GET audiobooks/{id}/chapters/ as before. PUT → 200 the recording · 400 · 401 · 403 · 404 · 412 · 428."""

    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        """Put these chapters in the place of all there are."""
        audiobook_id, seen = identifier(id), seen_by(request)
        chapters = valid(inputs.ChaptersIn, request).details
        recordings.chapters_replace(audiobook_id=audiobook_id, chapters=chapters, precondition=seen)
        return audiobook_answer(request, audiobook_id)


class Transition(APIView):
    """POST audiobooks/{id}/<verb>/ → 200 the recording · 401 · 403 · 404 · 409 · 412 · 428."""

    permission_classes = (IsCurator,)
    service: ClassVar[Any]

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change the recording's status."""
        audiobook_id = identifier(id)
        type(self).service(audiobook_id=audiobook_id, precondition=seen_by(request))
        return audiobook_answer(request, audiobook_id)


@transition("publish", "Let listeners see a draft")
class AudiobookPublish(Transition):
    """POST audiobooks/{id}/publish/."""

    service = staticmethod(statuses.audiobook_publish)


@transition("withdraw", "Hide a recording from listeners")
class AudiobookWithdraw(Transition):
    """POST audiobooks/{id}/withdraw/."""

    service = staticmethod(statuses.audiobook_withdraw)


@transition("restore", "Make a withdrawn recording a draft again")
class AudiobookRestore(Transition):
    """POST audiobooks/{id}/restore/."""

    service = staticmethod(statuses.audiobook_restore)


@changes("post", "books_create", "Create a work", inputs.BookIn, shapes.BookOut, header=IDEMPOTENCY_KEY)
class Books(views.BookList):
    """GET books/ as before. POST → 201 the work · 400 · 401 · 403 · 409 · 422."""

    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        """Make a work."""
        book = works.book_create(change=valid(inputs.BookIn, request).change)
        return book_answer(request, book.id, created="v1:book")


@changes("patch", "books_change", "Change a work", inputs.BookChangeIn, shapes.BookOut)
class BookOne(views.BookDetail):
    """GET books/{id}/ as before. PATCH → 200 the work · 400 · 401 · 403 · 404 · 412 · 428."""

    def patch(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change what is given."""
        book_id, seen = identifier(id), seen_by(request)
        works.book_change(
            book_id=book_id, change=valid(inputs.BookChangeIn, request).change, precondition=seen
        )
        return book_answer(request, book_id)


@changes(
    "post", "people_create", "Create a person", inputs.PersonIn, shapes.PersonOut, header=IDEMPOTENCY_KEY
)
class People(views.PersonList):
    """GET people/ as before. POST → 201 the person · 400 · 401 · 403 · 409 · 422."""

    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        """Make a person."""
        person = people.person_create(change=valid(inputs.PersonIn, request).change)
        return answer(person, shapes.PersonOut(person).data, created="v1:person")


@changes("patch", "people_change", "Change a person", inputs.PersonChangeIn, shapes.PersonOut)
class PersonOne(views.PersonDetail):
    """GET people/{id}/ as before. PATCH → 200 the person · 400 · 401 · 403 · 404 · 412 · 428."""

    def patch(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change what is given."""
        person_id, seen = identifier(id), seen_by(request)
        change = valid(inputs.PersonChangeIn, request).change
        person = people.person_change(person_id=person_id, change=change, precondition=seen)
        return answer(person, shapes.PersonOut(person).data)


@changes("post", "people_merge", "Merge a duplicate into another person", inputs.MergeIn, shapes.PersonOut)
class PersonMerge(APIView):
    """POST people/{id}/merge/ → 200 the person who stays · 400 · 401 · 403 · 404 · 412 · 428."""

    permission_classes = (IsCurator,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Move the duplicate's credits; the old id redirects for ever."""
        duplicate_id, seen = identifier(id), seen_by(request)
        into_id = valid(inputs.MergeIn, request).validated_data["into"]
        person = people.people_merge(duplicate_id=duplicate_id, into_id=into_id, precondition=seen)
        return answer(person, shapes.PersonOut(person).data)
