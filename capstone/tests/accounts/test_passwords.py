"""Changing and resetting a password: both need a proof, both end every session."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cast import PASSWORD, keep_promises, make_user, sign_in
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from audiobooks.accounts import limits, services
from audiobooks.accounts.devices import Device
from audiobooks.accounts.mail_tokens import MailTokenRefused
from audiobooks.accounts.models import Session, User
from lab_celery.models import OutboxRow

pytestmark = pytest.mark.django_db
NEW = "a longer walk by the lake"
CONFIRM = "password/reset/confirm/"


def has_password(user: User, password: str) -> bool:
    return User.objects.get(pk=user.pk).check_password(password)


def test_resetting_a_password_ends_every_session_and_says_so(bo, post, mailed_token, tokens_of):
    old = tokens_of("bo")
    asked = post("password/reset/", {"email": "Bo@Example.ORG"})
    letter = mail.outbox[-1]

    done = post(CONFIRM, {"token": mailed_token(), "password": NEW})

    assert (asked.status_code, asked.content, done.status_code, done.content) == (202, b"", 204, b"")
    assert (letter.subject, letter.to) == ("Reset your password", ["bo@example.org"])
    assert "your account bo at" in letter.body
    assert "within 1 hour." in letter.body
    assert Session.objects.count() == 0
    assert post("token/refresh/", {"refresh_token": old["refresh_token"]}).status_code == 401
    assert post("token/", {"username": "bo", "password": PASSWORD}).status_code == 401
    assert tokens_of("bo", NEW)["expires_in"] == 900
    assert (mail.outbox[-1].subject, mail.outbox[-1].to) == ("Your password was changed", ["bo@example.org"])


def test_an_unknown_address_gets_the_same_answer_for_the_same_work(bo, post, hashes):
    make_user("off", is_active=False)
    hashes.clear()
    seen = []
    for email in ("bo@example.org", "nobody@example.org", "off@example.org"):
        limits.NAMESPACE = uuid4().hex  # each request is the first that the limits count
        answer = post("password/reset/", {"email": email})
        headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
        seen.append((answer.status_code, answer.content, headers, answer.queries))

    assert seen[0] == seen[1] == seen[2]
    assert hashes == []
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["bo@example.org"], "Reset your password"),
        (["nobody@example.org"], "No account has this address"),
        (["off@example.org"], "No account has this address"),
    ]
    assert "code" not in mail.outbox[1].body


def test_a_reset_works_once(bo, post, mailed_token, slug):
    post("password/reset/", {"email": "bo@example.org"})
    token = mailed_token()

    first = post(CONFIRM, {"token": token, "password": NEW})
    second = post(CONFIRM, {"token": token, "password": "a thief's walk by the lake"})

    assert (first.status_code, second.status_code, slug(second)) == (204, 400, "mail-token-refused")
    assert has_password(bo, NEW)


def test_a_reset_ends_after_an_hour(bo, post, mailed_token):
    asked = timezone.now()
    post("password/reset/", {"email": "bo@example.org"})
    token = mailed_token()

    with pytest.raises(MailTokenRefused):
        services.password_reset(token=token, password=NEW, now=asked + timedelta(hours=1, seconds=2))

    services.password_reset(token=token, password=NEW, now=asked + timedelta(minutes=59))
    assert has_password(bo, NEW)


def change_password(user: User) -> None:
    user.set_password("changed meanwhile by the sea")
    user.save()


def change_email(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="bo@example.net")


def close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("deed", [change_password, change_email, close, User.delete])
def test_a_reset_is_void_once_password_address_or_account_changed(bo, post, mailed_token, deed):
    post("password/reset/", {"email": "bo@example.org"})
    token = mailed_token()

    deed(bo)

    assert post(CONFIRM, {"token": token, "password": NEW}).status_code == 400


def test_a_weak_password_leaves_the_token_good(bo, post, mailed_token):
    post("password/reset/", {"email": "bo@example.org"})
    token = mailed_token()

    weak = post(CONFIRM, {"token": token, "password": "bo@example.org"})

    assert weak.status_code == 400
    assert [(e["pointer"], e["code"]) for e in weak.json()["errors"]] == [
        ("#/password", "password_too_similar")
    ]
    assert post(CONFIRM, {"token": token, "password": NEW}).status_code == 204


def test_the_letter_goes_to_the_stored_address(bo, post):
    """A look-alike that equals an address by some rule of case must not receive its letter (CVE-2019-19844)."""
    for email in ("\u212aate@example.org", "bo@ｅｘａｍｐｌｅ.org"):
        post("password/reset/", {"email": email})

    assert [letter.to for letter in mail.outbox] == [["bo@example.org"]]


def test_changing_a_password_ends_every_session_and_goes_on_here(bo, tokens_of, with_token, post):
    here, there = tokens_of("bo"), tokens_of("bo")

    answer = post(
        "password/", {"current_password": PASSWORD, "password": NEW}, with_token(here["access_token"]),
        HTTP_USER_AGENT="here",
    )  # fmt: skip

    assert answer.status_code == 200
    assert [session.device for session in Session.objects.all()] == ["here"]
    statuses = [
        post("token/refresh/", {"refresh_token": tokens["refresh_token"]}).status_code
        for tokens in (here, there, answer.json())
    ]
    assert statuses == [401, 401, 200]
    assert has_password(bo, NEW)
    assert mail.outbox[-1].subject == "Your password was changed"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"current_password": "wrong", "password": NEW}, "#/current_password", "wrong"),
        ({"password": NEW}, "#/current_password", "required"),
        ({"current_password": PASSWORD, "password": "12345678"}, "#/password", "password_too_common"),
        ({"current_password": PASSWORD, "password": NEW, "username": "cy"}, "#/username", "unknown"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(bo, tokens_of, post, body, pointer, code):
    tokens = tokens_of("bo")

    answer = post("password/", body, sign_in(bo))

    assert answer.status_code == 400
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert has_password(bo, PASSWORD)
    assert post("token/refresh/", {"refresh_token": tokens["refresh_token"]}).status_code == 200


def test_a_stolen_access_token_guesses_ten_passwords_an_hour(bo, post):
    guess = {"current_password": "guess", "password": NEW}
    answers = [post("password/", guess, sign_in(bo), REMOTE_ADDR=f"10.0.0.{n}") for n in range(11)]

    also = post("email/", {"email": "x@example.org", "password": "guess"}, sign_in(bo))

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert also.status_code == 429


class Unreachable(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, _messages):
        raise ConnectionRefusedError


def test_a_notice_that_cannot_be_sent_undoes_nothing_and_is_sent_once_it_can_be(bo, post, settings, caplog):
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"

    answer = post("password/", {"current_password": PASSWORD, "password": NEW}, sign_in(bo))
    settings.EMAIL_BACKEND = usual
    unsent, said = len(mail.outbox), caplog.text
    for _ in range(2):
        keep_promises()

    assert answer.status_code == 200
    assert has_password(bo, NEW)
    assert (unsent, len(mail.outbox)) == (0, 1)
    assert "ConnectionRefusedError" in said
    assert "example.org" not in said
    event_id = OutboxRow.objects.first().event_id
    assert f"{event_id}.audiobooks.accounts.tasks.send_notice@" in mail.outbox[0].message()["Message-ID"]


def test_a_notice_goes_to_the_address_of_then_and_is_not_promised_for_what_is_undone(bo):
    with transaction.atomic():
        services.password_change(
            user_id=bo.pk,
            current_password=PASSWORD,
            password=NEW,
            device=Device("here", None),
            now=timezone.now(),
        )
        transaction.set_rollback(True)
    undone = OutboxRow.objects.count()
    with transaction.atomic():
        services.password_change(
            user_id=bo.pk,
            current_password=PASSWORD,
            password=NEW,
            device=Device("here", None),
            now=timezone.now(),
        )
    User.objects.filter(pk=bo.pk).update(email="thief@example.net")

    keep_promises()

    assert undone == 0
    assert [letter.to for letter in mail.outbox] == [["bo@example.org"]]
