"""Who may hear what: the way from a recording to a signed address of its sound."""

from datetime import datetime, timedelta

import pytest
from cast import make_audiobook, make_chapters
from django.utils import timezone

from audiobooks.library.services import grant_give
from audiobooks.media.models import SourceFile

pytestmark = pytest.mark.django_db


def sound(audiobook, position: int = 1, start_ms: int = 0, duration_ms: int = 60_000) -> SourceFile:
    """The row of a file; no test here opens the file itself."""
    return SourceFile.objects.create(
        audiobook=audiobook,
        position=position,
        start_ms=start_ms,
        duration_ms=duration_ms,
        media_type="audio/mp4",
        codec="aac",
        sample_rate_hz=22_050,
        channels=1,
        size_bytes=1_000,
        sha256=f"{position:064x}",
    )


def audible(**but):
    audiobook = make_audiobook(**but)
    make_chapters(audiobook, 60_000)
    sound(audiobook)
    return audiobook


def ask(client, audiobook, position: object = 1):
    return client.get(f"/api/v1/audiobooks/{audiobook.id}/chapters/{position}/audio/")


@pytest.mark.parametrize(
    ("but", "who", "status"),
    [
        ({}, "anybody", 401),
        ({}, "cy", 200),
        ({"access": "members"}, "cy", 200),
        ({"access": "restricted"}, "anybody", 401),
        ({"access": "restricted"}, "cy", 403),
        ({"access": "restricted"}, "bo", 200),
        ({"access": "restricted"}, "ada", 200),
        ({"status": "draft"}, "bo", 404),
        ({"status": "processing"}, "bo", 404),
        ({"status": "withdrawn"}, "bo", 404),
        ({"status": "draft"}, "ada", 200),
    ],
)
def test_who_may_hear_what(request, anybody, as_user, bo, but, who, status):
    audiobook = audible(**but)
    grant_give(user_id=bo.id, audiobook_id=audiobook.id)
    client = anybody if who == "anybody" else as_user(request.getfixturevalue(who))

    assert ask(client, audiobook).status_code == status


def test_the_refusal_of_a_restricted_book_says_what_is_missing(cy, as_user):
    problem = ask(as_user(cy), audible(access="restricted")).json()

    assert problem["type"].endswith("#grant-required")
    assert "ask a curator for a grant" in problem["detail"]


def test_a_grant_opens_one_book_for_one_listener(bo, cy, as_user):
    opened, closed = audible(access="restricted"), audible(access="restricted")
    grant_give(user_id=bo.id, audiobook_id=opened.id)
    grant_give(user_id=bo.id, audiobook_id=opened.id)

    assert [ask(as_user(user), book).status_code for user in (bo, cy) for book in (opened, closed)] == [
        200,
        403,
        403,
        403,
    ]


def test_the_answer_says_where_in_the_file_the_chapter_is(bo, as_user):
    audiobook = make_audiobook()
    make_chapters(audiobook, 10_000, 20_000, 30_000)
    sound(audiobook, position=1, start_ms=0, duration_ms=10_000)
    second = sound(audiobook, position=2, start_ms=10_000, duration_ms=50_000)

    answer = ask(as_user(bo), audiobook, 3)

    body = answer.json()
    assert (body["start_ms"], body["end_ms"], body["media_type"], body["size_bytes"]) == (
        20_000,
        50_000,
        "audio/mp4",
        1_000,
    )
    assert str(second.id) in body["url"]
    assert f"user={bo.id}" in body["url"]
    left = datetime.fromisoformat(body["expires_at"]) - timezone.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("position", [0, 2, 99_999, 10**30, "one", "-1"])
def test_a_chapter_that_is_not_there_is_404(bo, as_user, position):
    answer = ask(as_user(bo), audible(), position)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_asking_costs_three_queries_and_four_when_restricted(bo, as_user, django_assert_num_queries):
    free, restricted = audible(), audible(access="restricted")
    grant_give(user_id=bo.id, audiobook_id=restricted.id)
    client = as_user(bo)

    with django_assert_num_queries(3):
        assert ask(client, free).status_code == 200
    with django_assert_num_queries(4):
        assert ask(client, restricted).status_code == 200
