"""Asking the book API: what is proposed, and what a curator sees when it misbehaves. The service is a real server."""

from datetime import timedelta

import pytest
from cast import keep_promises, make_audiobook
from django.utils import timezone

from audiobooks.catalog.models import ExternalId
from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.enrichment.services import answers
from audiobooks.enrichment.tasks import TRIES
from lab_celery.models import DeadLetter, OutboxRow

pytestmark = pytest.mark.django_db


def proposed(audiobook) -> dict[str, tuple[str, str]]:
    return {p.field: (p.current_value, p.proposed_value) for p in audiobook.proposals.filter(state="open")}


def test_asking_takes_no_call_and_answers_before_the_service_does(service, ask, audiobook):
    service.trouble = "hangs"

    answer = ask()

    assert (answer.status_code, answer.json()["state"]) == (201, "queued")
    assert service.asked == []
    assert answer["Location"] == f"/api/v1/lookups/{answer.json()['id']}/"


def test_an_isbn_brings_what_the_edition_says(service, looked_up, audiobook, isbn):
    lookup = looked_up(isbn=isbn)

    assert (lookup.state, lookup.found, lookup.attempts, lookup.reason) == ("done", 4, 1, "")
    assert proposed(audiobook) == {
        "title": ("Emma", service.editions[isbn]["title"]),
        "subtitle": ("", "Edition 1"),
        "publisher": ("", "Imitation Press"),
        "isbn": ("", isbn),
    }
    assert {p.source for p in audiobook.proposals.all()} == {f"{service.url}/books/OL1M"}


def test_without_an_isbn_the_work_is_searched_by_title_and_author(service, looked_up, audiobook):
    lookup = looked_up()

    assert (lookup.title, lookup.author, lookup.found) == ("Emma", "Jane Austen", 1)
    assert proposed(audiobook) == {"first_published_year": ("", "1815")}
    assert service.asked[0][0].startswith("/search.json?title=Emma&author=Jane+Austen&")


def test_the_recordings_own_isbn_is_used_where_none_is_given(service, looked_up, audiobook, isbn):
    ExternalId.objects.create(audiobook=audiobook, scheme="isbn", value=isbn)

    assert looked_up().isbn == isbn
    assert "isbn" not in proposed(audiobook)


def test_what_is_ours_already_is_not_proposed(service, looked_up, audiobook):
    audiobook.book.first_published_year = 1815
    audiobook.book.save()

    lookup = looked_up()

    assert (lookup.state, lookup.found) == ("done", 0)
    assert proposed(audiobook) == {}


def test_a_second_lookup_proposes_nothing_twice(service, looked_up, audiobook, isbn):
    looked_up(isbn=isbn)
    looked_up(isbn=isbn)

    assert audiobook.proposals.count() == 4
    assert len(service.asked) == 1  # the first answer is an hour fresh


def test_an_unknown_book_is_a_lookup_that_found_nothing(service, looked_up):
    lookup = looked_up(isbn="9780141439587")

    assert (lookup.state, lookup.found, lookup.reason_code) == ("done", 0, "not_found")


@pytest.mark.parametrize(
    ("trouble", "code", "calls"),
    [
        ("hangs", "service_too_slow", 2),
        ("drips", "service_too_slow", 2),
        ("fails", "service_failed", 3),
        ("refuses", "service_failed", 1),  # come back in 60 s: this try has 1
    ],
)
def test_what_may_pass_is_tried_again_and_says_so_meanwhile(
    service, looked_up, curator, trouble, code, calls
):
    service.trouble = trouble

    lookup = looked_up()

    assert (lookup.state, lookup.attempts, lookup.reason_code) == ("queued", 1, code)
    assert lookup.reason.endswith("It will be asked again.")
    assert len(service.asked) == calls
    again = OutboxRow.objects.get(sent_at=None)
    assert (again.attempt, again.due_at > timezone.now()) == (2, True)
    shown = curator.get(f"/api/v1/lookups/{lookup.pk}/").json()
    assert [shown] == curator.get(f"/api/v1/audiobooks/{lookup.audiobook_id}/lookups/").json()["results"]
    assert (shown["state"], shown["reason_code"]) == ("queued", code.replace("_", "-"))


def test_a_service_that_is_well_again_answers_the_next_try(service, looked_up):
    service.trouble = "fails"
    lookup = looked_up()
    service.trouble = "none"

    keep_promises()

    lookup.refresh_from_db()
    assert (lookup.state, lookup.attempts, lookup.found, lookup.reason) == ("done", 2, 1, "")


def test_after_4_tries_it_has_failed_and_is_no_dead_letter(service, looked_up):
    service.trouble = "refuses"
    lookup = looked_up()

    for _ in range(5):
        keep_promises()

    lookup.refresh_from_db()
    assert TRIES.attempts == 4
    assert (lookup.state, lookup.attempts, lookup.reason_code) == ("failed", 4, "service_failed")
    assert not DeadLetter.objects.exists()
    assert not OutboxRow.objects.filter(sent_at=None).exists()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("floods", "answer_too_large"),
        ("redirects", "address_refused"),
        ("babbles", "answer_unreadable"),
    ],
)
def test_what_will_not_pass_fails_at_once(service, looked_up, audiobook, trouble, code):
    service.trouble = trouble

    lookup = looked_up()

    assert (lookup.state, lookup.attempts, lookup.reason_code) == ("failed", 1, code)
    assert len(service.asked) == 1
    assert service.flooded_bytes < 32 * 1024**2  # of 1 GiB
    assert not audiobook.proposals.exists()


def test_every_way_to_fail_has_a_sentence():
    kinds = {kind for kind in vars(answers.errors).values() if isinstance(kind, type)}
    base = answers.errors.OutboundError

    assert set(answers.TROUBLES) == {kind for kind in kinds if issubclass(kind, base)} - {base}


def test_a_stale_answer_stands_in_for_a_service_that_fails(service, looked_up, audiobook, monkeypatch):
    looked_up()
    Proposal.objects.all().delete()
    client = answers.book_api.client_for(service.url, ("127.0.0.1/32",), 1)
    monkeypatch.setattr(client, "now", lambda: timezone.now().timestamp() + 86_400)
    service.trouble = "fails"

    lookup = looked_up()

    assert (lookup.state, lookup.found) == ("done", 1)


def test_a_lookup_that_is_delivered_twice_proposes_once(service, looked_up, audiobook):
    lookup = looked_up()

    answers.lookup_run(lookup_id=lookup.pk, is_last=False, clock=timezone.now)

    assert audiobook.proposals.count() == 1
    assert Lookup.objects.get(pk=lookup.pk).attempts == 1


def test_one_lookup_of_a_recording_by_one_curator_at_a_time(service, ask):
    assert ask().status_code == 201

    answer = ask()

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("#lookup-running")


def test_a_lookup_that_was_lost_stands_an_hour_in_the_way(service, ask):
    lost = Lookup.objects.get(pk=ask().json()["id"])
    Lookup.objects.update(changed_at=timezone.now() - timedelta(minutes=61))

    assert ask().status_code == 201
    lost.refresh_from_db()
    assert (lost.state, lost.reason_code) == ("failed", "worker_lost")


def test_without_a_book_api_it_is_a_503(ask, settings):
    settings.BOOK_API_URL = ""

    answer = ask()

    assert answer.status_code == 503
    assert answer.json()["type"].endswith("#no-book-api")


@pytest.mark.parametrize("isbn", ["978-0-14-143958-7", "0-306-40615-2", "080442957X", "9780141439587"])
def test_an_isbn_may_be_written_as_on_the_cover(service, ask, isbn):
    answer = ask(isbn=isbn)

    assert answer.status_code == 201
    assert answer.json()["isbn"] == isbn.replace("-", "")


@pytest.mark.parametrize(
    "isbn", ["9780141439588", "978014143958", "X804429570", "97801414395\u0668\u0667", "Emma"]
)
def test_what_is_no_isbn_is_a_400(service, ask, isbn):
    assert ask(isbn=isbn).status_code == 400


def test_what_the_service_sends_is_kept_as_plain_text_and_cut(service, looked_up, audiobook, isbn):
    service.editions = {
        isbn: {
            "key": "/books/OL1M",
            "title": "<b onclick=x>Emma</b>\u202e",
            "subtitle": "x" * 999,
            "publishers": [],
        }
    }

    looked_up(isbn=isbn)

    assert proposed(audiobook)["subtitle"] == ("", "x" * 300)
    assert "title" not in proposed(audiobook)  # it is Emma, once cleaned


@pytest.mark.parametrize("key", ["javascript:alert(1)", "/books/OL1M/../../x", "//evil.example/OL1M", ""])
def test_a_key_that_is_no_records_is_not_linked_to(service, looked_up, audiobook, isbn, key):
    service.editions = {isbn: service.editions[isbn] | {"key": key}}

    assert looked_up(isbn=isbn).reason_code == "not_found"


def test_the_key_is_sent_to_the_service_and_nowhere_else(service, looked_up, settings):
    settings.BOOK_API_KEY = "s3cret"

    lookup = looked_up()

    assert service.asked[0][1] == "Bearer s3cret"
    assert "s3cret" not in repr(vars(lookup))


def test_of_an_unknown_recording_there_is_no_lookup(service, curator):
    path = "/api/v1/audiobooks/01890a5d-ac96-774b-bcce-b302099a8057/lookups/"

    assert curator.post(path, {}, format="json", headers={"Idempotency-Key": "a"}).status_code == 404
    assert curator.get(path).status_code == 404


def test_lists_cost_the_same_however_long_they_are(service, curator, django_assert_num_queries):
    audiobook = make_audiobook()
    now = timezone.now()
    for _ in range(30):
        lookup = Lookup.objects.create(audiobook=audiobook, state="done", created_at=now, changed_at=now)
        Proposal.objects.create(
            audiobook=audiobook,
            lookup=lookup,
            field="title",
            proposed_value=str(lookup.pk),
            source="",
            fetched_at=now,
        )

    for path in ("lookups", "proposals"):
        with django_assert_num_queries(2):
            answer = curator.get(f"/api/v1/audiobooks/{audiobook.pk}/{path}/")
        assert len(answer.json()["results"]) == 25
