"""Letters are promised with what they tell of, and sent by a task: late rather than never, and no token lies about."""

import smtplib

import pytest
from cast import PASSWORD, keep_promises, make_user
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from rest_framework.test import APIClient

from audiobooks.accounts import tasks
from audiobooks.accounts.models import Registration, User
from config.celery import app
from lab_celery.models import OutboxRow

pytestmark = pytest.mark.django_db
DEE = {"username": "dee", "email": "dee@example.org", "password": PASSWORD}


class Unreachable(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, _messages):
        raise smtplib.SMTPServerDisconnected("to dee@example.org")


class Unknown(EmailBackend):
    """A mail server that does not know the mailbox."""

    def send_messages(self, _messages):
        raise smtplib.SMTPRecipientsRefused({"dee@example.org": (550, b"5.1.1 no dee@example.org")})


def message_ids() -> list[str]:
    return [letter.extra_headers["Message-ID"] for letter in mail.outbox]


@pytest.mark.parametrize(
    ("failing", "reason"),
    [
        (Unreachable, "MailNotTaken('SMTPServerDisconnected')"),
        (Unknown, "MailNotTaken('SMTPRecipientsRefused', 550)"),
    ],
)
def test_a_letter_waits_for_a_mail_server_that_is_away_and_the_log_does_not_say_for_whom(
    post, settings, caplog, mailed_token, failing, reason
):
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.{failing.__name__}"
    answer = post("register/", DEE)
    settings.EMAIL_BACKEND = usual
    keep_promises()

    assert (answer.status_code, len(mail.outbox)) == (202, 1)
    assert "send_letter, attempt 1 of" in caplog.text
    assert reason in caplog.text
    assert "dee@" not in caplog.text
    assert post("verify/", {"token": mailed_token()}).status_code == 200


def test_the_outbox_holds_no_token_and_a_letter_delivered_twice_is_sent_once(post, mailed_token):
    post("register/", DEE)
    row, token = OutboxRow.objects.get(), mailed_token()

    for one in (row, row):
        app.tasks[tasks.send_letter.name](event_id=str(one.event_id), attempt=1, ids=one.ids)

    assert set(row.ids) == {"letter", "to", "subject", "state"}
    assert token not in str(row.ids)
    assert message_ids() == [f"<{row.event_id}.audiobooks.accounts.tasks.send_letter@localhost>"]


@pytest.mark.django_db(transaction=True)
def test_a_letter_sent_before_the_worker_died_is_sent_again_under_the_same_message_id(monkeypatch):
    """The window: after the server's 250, before the commit of the receipt."""

    def die(_seconds):
        raise SystemExit

    APIClient().post("/api/v1/auth/register/", DEE, format="json")
    row = OutboxRow.objects.get()
    sent = EmailMessage.send
    monkeypatch.setattr(EmailMessage, "send", lambda letter: die(sent(letter)))
    with pytest.raises(SystemExit):
        app.tasks[tasks.send_letter.name](event_id=str(row.event_id), attempt=1, ids=row.ids)
    monkeypatch.undo()

    app.tasks[tasks.send_letter.name](event_id=str(row.event_id), attempt=1, ids=row.ids)

    assert len(mail.outbox) == 2
    assert len(set(message_ids())) == 1


def test_no_letter_is_sent_whose_token_would_be_void(settings, caplog):
    APIClient().post("/api/v1/auth/register/", DEE, format="json")
    make_user("eve")
    APIClient().post("/api/v1/auth/password/reset/", {"email": "eve@example.org"}, format="json")
    Registration.objects.all().delete()
    User.objects.update(password_version=7)

    keep_promises()

    assert mail.outbox == []
    assert not OutboxRow.objects.filter(sent_at=None).exists()
    assert "attempt" not in caplog.text


@pytest.mark.parametrize("path", ["register/", "password/reset/"])
def test_where_no_letter_can_ever_be_sent_none_is_promised(bo, post, slug, settings, path):
    settings.EMAIL_HOST = ""
    answers = []
    for email in ("dee@example.org", "bo@example.org"):
        body = DEE | {"email": email} if path == "register/" else {"email": email}
        answers.append(post(path, body))

    assert [(answer.status_code, slug(answer)) for answer in answers] == [(503, "mail-not-set-up")] * 2
    assert not OutboxRow.objects.exists()
    assert not Registration.objects.exists()
