"""Followers are told of a new recording: once, only what they may see, and no more once they say so."""

import smtplib
from urllib.parse import urlsplit

import pytest
from cast import keep_promises, make_audiobook, make_person, make_series, make_user
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from rest_framework.test import APIClient

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services.statuses import (
    ANY_VERSION,
    audiobook_publish,
    audiobook_restore,
    audiobook_withdraw,
)
from audiobooks.library import tasks
from audiobooks.library.models import Announcement, Follow
from audiobooks.library.services import announcements
from config.celery import app
from lab_celery.models import OutboxRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def austen(db):
    return make_person("Jane Austen")


@pytest.fixture
def emma(austen) -> Audiobook:
    return make_audiobook("Emma", authors=[austen], status="draft", duration_ms=1)


def follows(user, **thing) -> Follow:
    return Follow.objects.create(user=user, created_at=timezone.now(), **thing)


def publish(audiobook: Audiobook) -> None:
    audiobook_publish(audiobook_id=audiobook.pk, precondition=ANY_VERSION)


def keep_all_promises() -> None:
    """One task's promises are another's."""
    while OutboxRow.objects.filter(sent_at=None).exists():
        keep_promises()


def told() -> list[str]:
    return sorted(letter.to[0] for letter in mail.outbox)


def test_a_follower_of_two_people_and_the_series_gets_one_letter(bo, cy, austen, emma):
    reader = make_person("Bea Reader")
    emma.credits.create(person=reader, role="narrator", position=1)
    series = make_series("Highbury", emma.book)
    for thing in ({"person": austen}, {"person": reader}, {"series": series}):
        follows(bo, **thing)
    follows(cy, person=make_person("Somebody else"))

    publish(emma)
    keep_all_promises()

    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("A new recording of what you follow", ["bo@example.org"])
    assert f"\nEmma\nhttp://127.0.0.1:8000/api/v1/audiobooks/{emma.pk}/\n" in letter.body
    assert "because you follow Bea Reader, Highbury, Jane Austen." in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Announcement.objects.get().sent_at is not None


def test_one_letter_whatever_is_published_again_or_delivered_twice(bo, cy, austen, emma):
    follows(bo, person=austen)
    publish(emma)
    keep_all_promises()
    events = list(OutboxRow.objects.all())
    audiobook_withdraw(audiobook_id=emma.pk, precondition=ANY_VERSION)
    audiobook_restore(audiobook_id=emma.pk, precondition=ANY_VERSION)
    follows(cy, person=austen)
    publish(emma)
    for row in events:
        task = {
            "catalog.audiobook_ready": tasks.tell_followers,
            "library.announcement": tasks.send_announcement,
        }[row.topic]
        app.tasks[task.name](event_id=str(row.event_id), attempt=1, ids=row.ids)
    keep_all_promises()

    assert told() == ["bo@example.org", "cy@example.org"]
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 2


def test_what_was_withdrawn_before_it_was_told_is_told_once_it_is_ready_again(bo, austen, emma):
    follows(bo, person=austen)
    publish(emma)
    keep_promises()  # the letter is promised, and not sent
    audiobook_withdraw(audiobook_id=emma.pk, precondition=ANY_VERSION)
    keep_all_promises()
    while_withdrawn = told()
    audiobook_restore(audiobook_id=emma.pk, precondition=ANY_VERSION)
    publish(emma)
    keep_all_promises()

    assert (while_withdrawn, told()) == ([], ["bo@example.org"])


def test_who_follows_no_longer_or_was_switched_off_gets_no_letter_that_is_on_its_way(bo, cy, austen, emma):
    ends = follows(bo, person=austen)
    follows(cy, person=austen)
    publish(emma)
    keep_promises()
    ends.delete()
    cy.is_active = False
    cy.save()
    keep_all_promises()

    assert told() == []
    assert not Announcement.objects.exists()


def test_a_curator_who_follows_is_not_told_of_what_listeners_do_not_see(ada, austen, emma):
    follows(ada, person=austen)
    publish(emma)
    keep_promises()
    audiobook_withdraw(audiobook_id=emma.pk, precondition=ANY_VERSION)

    keep_all_promises()

    assert told() == []


def test_the_unsubscribe_of_a_mail_program_ends_what_the_letter_was_for_and_only_by_post(bo, austen, emma):
    other = follows(bo, person=make_person("Somebody else"))
    follows(bo, person=austen)
    publish(emma)
    keep_all_promises()
    path = urlsplit(mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")).path
    form = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}

    looked = APIClient().get(path).status_code
    before = Follow.objects.count()
    answers = [APIClient().post(path, **form).status_code for _ in range(2)]
    cut = APIClient().post(path[:-3] + "/", **form)

    assert (looked, before, answers) == (405, 2, [204, 204])
    assert list(Follow.objects.all()) == [other]
    assert (cut.status_code, cut.json()["type"].rpartition("#")[2]) == (400, "stop-token-refused")


def test_followers_are_told_in_batches_and_a_batch_that_fails_is_told_whole(austen, emma, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 10)
    for number in range(25):
        follows(make_user(f"listener-{number}"), person=austen)
    publish(emma)
    batches = []
    while row := OutboxRow.objects.filter(sent_at=None).exclude(topic="library.announcement").first():
        row.sent_at = row.due_at
        row.save()
        task = tasks.tell_followers if "after" not in row.ids else tasks.tell_more_followers
        for _ in range(2):  # delivered twice
            app.tasks[task.name](event_id=str(row.event_id), attempt=1, ids=row.ids)
        batches.append(Announcement.objects.count())
    keep_all_promises()

    assert batches == [10, 20, 25]
    assert len(told()) == len(set(told())) == 25


def test_a_batch_costs_the_same_queries_besides_its_letters_however_many_follow(
    austen, emma, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(announcements, "BATCH", 3)
    for number in range(9):
        follows(make_user(f"listener-{number}"), person=austen)
    publish(emma)

    with django_assert_num_queries(4 + 2 * 3 + 2):  # ready, followers, told, rows; 3 letters; the next batch
        announcements.followers_tell(audiobook_id=emma.pk, after=None)


class Away(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, _messages):
        raise smtplib.SMTPServerDisconnected


def test_a_mail_server_that_is_away_delays_a_letter_and_loses_none(bo, austen, emma, settings):
    follows(bo, person=austen)
    publish(emma)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Away"
    for _ in range(3):
        keep_promises()
    waiting = Announcement.objects.get().sent_at
    settings.EMAIL_BACKEND = usual
    keep_all_promises()

    assert (waiting, told()) == (None, ["bo@example.org"])


def test_where_no_letter_can_be_sent_nobody_is_promised_one(bo, austen, emma, settings, caplog):
    follows(bo, person=austen)
    settings.EMAIL_HOST = ""
    publish(emma)

    keep_all_promises()

    assert not Announcement.objects.exists()
    assert "EMAIL_HOST is not set: nobody is told" in caplog.text
