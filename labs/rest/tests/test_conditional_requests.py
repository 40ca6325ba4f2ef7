"""304 for what the caller has, 412 for a change of what it has not seen, 428 for a change of anything unseen."""

from collections.abc import Callable

import pytest
from django.db import connection, models, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest.conditional import not_modified, precondition_from
from lab_rest.preconditions import Precondition, etag_of

WAITING_FOR_ME = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
)


class Note(models.Model):
    text = models.CharField(max_length=100)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "rest_tests"

    def __str__(self) -> str:
        return f"{self.text} ({self.version})"


@transaction.atomic
def note_append(note_id: int, text: str, precondition: Precondition, meanwhile: Callable[[], None]) -> Note:
    """Append, as a service of two steps does; ``meanwhile`` is called between the check and the change."""
    note = precondition.locked(Note.objects.filter(pk=note_id))
    if note is None:
        raise Http404
    meanwhile()
    note.text += text
    note.version += 1
    note.save()
    return note


class NoteDetail(APIView):
    meanwhile = staticmethod(lambda: None)

    def get(self, request, note_id):
        note = get_object_or_404(Note, pk=note_id)
        etag, kept = etag_of(note.pk, note.version), {"Cache-Control": "private, max-age=5", "Vary": "Cookie"}
        return not_modified(request, etag, kept) or Response(note.text, headers={"ETag": etag} | kept)

    def patch(self, request, note_id):
        note = note_append(note_id, request.data["text"], precondition_from(request), self.meanwhile)
        return Response(note.text, headers={"ETag": etag_of(note.pk, note.version)})


urlpatterns = [path("notes/<int:note_id>/", NoteDetail.as_view())]


@pytest.fixture
def note(transactional_db, settings):
    settings.ROOT_URLCONF = __name__
    with connection.schema_editor() as schema:
        schema.create_model(Note)
    yield Note.objects.create(text="a")
    with connection.schema_editor() as schema:
        schema.delete_model(Note)


def read(note: Note, **headers: str):
    return Client().get(f"/notes/{note.pk}/", headers=headers)


def append(note: Note, text: str, if_match: str | None):
    headers = {} if if_match is None else {"If-Match": if_match}
    body = {"text": text}
    return Client().patch(f"/notes/{note.pk}/", body, "application/json", headers=headers)


def answer_of(response) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("/errors/#")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', ",{} ,", "*"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_caller_that_has_the_present_version_gets_a_304(note, method, form):
    etag = read(note)["ETag"]

    response = getattr(Client(), method)(f"/notes/{note.pk}/", headers={"If-None-Match": form.format(etag)})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_a_304_repeats_the_headers_that_a_cache_keeps_and_describes_no_body(note):
    full = read(note)

    short = read(note, **{"If-None-Match": full["ETag"]})

    for name in ("ETag", "Cache-Control", "Vary"):
        assert short[name] == full[name]
    assert (full["Cache-Control"], full["Vary"]) == ("private, max-age=5", "Cookie")
    assert short.headers.keys().isdisjoint({"Content-Type", "Content-Length"})


@pytest.mark.parametrize("if_none_match", ['"other"', '"other", W/"another"'])
def test_a_caller_that_has_another_version_gets_the_present_one(note, if_none_match):
    response = read(note, **{"If-None-Match": if_none_match})

    assert (response.status_code, response.json(), response["ETag"]) == (200, "a", etag_of(note.pk, 1))


@pytest.mark.parametrize("header", ["abc", '"abc', '*, "a"', "", ",", "ä"])
def test_a_malformed_tag_is_a_400_and_changes_nothing(note, header):
    assert answer_of(read(note, **{"If-None-Match": header})) == (400, "invalid-entity-tag")
    assert answer_of(append(note, "b", header)) == (400, "invalid-entity-tag")
    assert read(note).json() == "a"


def test_a_change_with_the_present_tag_is_made_and_answers_the_next_tag(note):
    response = append(note, "b", read(note)["ETag"])

    assert (response.status_code, response.json()) == (200, "ab")
    assert response["ETag"] == read(note)["ETag"] == etag_of(note.pk, 2)


@pytest.mark.parametrize("if_match", [None, "*"])
def test_a_change_without_a_tag_is_a_428_that_says_how(note, if_match):
    response = append(note, "b", if_match)

    assert answer_of(response) == (428, "precondition-required")
    assert "send its ETag in If-Match" in response.json()["detail"]
    assert read(note).json() == "a"


def test_a_change_with_an_old_or_a_weak_tag_is_a_412(note):
    old = read(note)["ETag"]
    present = append(note, "b", old)["ETag"]

    for tag in (old, f"W/{present}"):
        assert answer_of(append(note, "c", tag)) == (412, "precondition-failed")
    assert read(note).json() == "ab"


def test_what_does_not_exist_is_a_404_whatever_the_tag(note):
    missing = Note(pk=note.pk + 1)

    assert answer_of(append(missing, "b", '"any"')) == (404, "not-found")


def test_of_two_writers_who_read_the_same_version_one_writes_and_one_is_told(
    note, at_once, wait_until, monkeypatch
):
    etag = read(note)["ETag"]
    past_the_check = []

    def other_waits_or_is_past_the_check() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(WAITING_FOR_ME)
            return cursor.fetchone() == (1,) or len(past_the_check) == 2

    def meanwhile(view: NoteDetail) -> None:
        past_the_check.append(view)
        wait_until(other_waits_or_is_past_the_check)

    monkeypatch.setattr(NoteDetail, "meanwhile", meanwhile)
    responses = at_once(2, lambda index: append(note, "bc"[index], etag))

    assert sorted(response.status_code for response in responses) == [200, 412]
    won = next(response for response in responses if response.status_code == 200)
    assert read(note).json() == won.json() in ("ab", "ac")
    assert read(note)["ETag"] == won["ETag"] == etag_of(note.pk, 2)
