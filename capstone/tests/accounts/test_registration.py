"""Becoming a user: nobody learns whose address has an account, nobody occupies a name that is not theirs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from cast import PASSWORD, make_user
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from audiobooks.accounts import limits, services
from audiobooks.accounts.email_addresses import normal_email
from audiobooks.accounts.mail_tokens import MailToken, MailTokenRefused, Purpose
from audiobooks.accounts.models import Registration, User

pytestmark = pytest.mark.django_db
DEE = {"username": "dee", "email": "dee@example.org", "password": PASSWORD}


def registered(**but) -> str:
    """Store a registration; return its token."""
    fields = {"username": "dee", "email": "dee@example.org", "password": make_password(PASSWORD)}
    waiting = Registration.objects.create(**fields | {"created_at": timezone.now()} | but)
    return MailToken(Purpose.REGISTER, waiting.id).text(now=timezone.now())


def test_registering_confirming_and_logging_in(post, mailed_token, tokens_of, with_token):
    asked = post("register/", DEE)
    before = post("token/", {"username": "dee", "password": PASSWORD})
    confirmed = post("verify/", {"token": mailed_token()})

    assert (asked.status_code, asked.content, before.status_code) == (202, b"", 401)
    assert confirmed.status_code == 200
    user = User.objects.get()
    assert confirmed.json() == {
        "id": str(user.id), "username": "dee", "email": "dee@example.org", "role": "listener"
    }  # fmt: skip
    assert (user.is_staff, user.is_superuser, user.email_confirmed_at is None) == (False, False, False)
    assert with_token(tokens_of("dee")["access_token"]).get("/api/v1/me/").json() == confirmed.json()


def test_the_letter(post, mailed_token, settings):
    settings.FRONT_END_URL = ""
    post("register/", DEE)
    settings.FRONT_END_URL = "https://books.example.org/app/"
    post("register/", DEE)

    bare, linked = mail.outbox
    assert (bare.subject, bare.to, bare.from_email) == (
        "Confirm your e-mail address", ["dee@example.org"], settings.DEFAULT_FROM_EMAIL
    )  # fmt: skip
    assert bare.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "as dee." in bare.body
    assert "give your app this code:" in bare.body
    assert "It works once, within 24 hours." in bare.body
    assert "http" not in bare.body
    assert "\nhttps://books.example.org/app/verify#Wy" in linked.body  # after the #: no server's log has it


def test_a_known_address_gets_the_same_answer_for_the_same_work(bo, post, hashes):
    seen = {}
    for username, email in (("dee", "dee@example.org"), ("cee", "BO@example.org")):
        hashes.clear()
        limits.NAMESPACE = uuid4().hex  # each request is the first that the limits count
        answer = post("register/", {"username": username, "email": email, "password": PASSWORD})
        seen[username] = (
            answer.status_code,
            answer.content,
            dict(answer.headers),
            len(hashes),
            answer.queries,
        )
        seen[username][2].pop("X-Request-ID")

    assert seen["dee"] == seen["cee"]
    assert seen["dee"][3] == 1
    assert [letter.to for letter in mail.outbox] == [["dee@example.org"], ["bo@example.org"]]
    assert mail.outbox[1].subject == "You have an account already"
    assert "nexus" not in mail.outbox[1].body


def test_a_taken_username_is_said_in_any_case(bo, post, slug):
    answer = post("register/", DEE | {"username": "BO"})

    assert (answer.status_code, slug(answer), mail.outbox) == (409, "username-taken", [])


def test_a_name_is_taken_by_whoever_confirms_first(post, slug):
    slow, fast = registered(email="slow@example.org"), registered(email="fast@example.org", username="Dee")

    first, second = post("verify/", {"token": fast}), post("verify/", {"token": slow})

    assert (first.status_code, second.status_code, slug(second)) == (200, 409, "username-taken")
    assert [user.email for user in User.objects.all()] == ["fast@example.org"]


def test_an_address_confirmed_once_voids_its_other_registrations(post, slug):
    """Somebody else's registration of your address dies when yours is confirmed."""
    foreign, own = registered(username="mallory", password="x"), registered(email="DEE@example.org")

    assert post("verify/", {"token": own}).status_code == 200
    answer = post("verify/", {"token": foreign})

    assert (answer.status_code, slug(answer)) == (400, "mail-token-refused")
    assert [user.username for user in User.objects.all()] == ["dee"]


def test_an_account_made_meanwhile_keeps_its_address(post, slug):
    token = registered(username="dee2")
    make_user("dee")

    answer = post("verify/", {"token": token})

    assert (answer.status_code, slug(answer)) == (409, "email-taken")


def test_a_confirmation_works_once(post, slug):
    token = registered()

    answers = [post("verify/", {"token": token}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert slug(answers[1]) == "mail-token-refused"


@pytest.mark.django_db(transaction=True)
def test_of_four_simultaneous_confirmations_one_makes_the_account():
    token, start = registered(), Barrier(4)

    def confirm(_number: int) -> int:
        try:
            start.wait()
            return APIClient().post("/api/v1/auth/verify/", {"token": token}, format="json").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(confirm, range(4)))

    assert statuses == [200, 400, 400, 400]
    assert User.objects.count() == 1


def test_a_confirmation_ends_after_24_hours():
    now = timezone.now()
    waiting = Registration.objects.create(
        username="dee", email="dee@example.org", password="x", created_at=now
    )
    text = MailToken(Purpose.REGISTER, waiting.id).text(now=now)

    with pytest.raises(MailTokenRefused):
        services.email_verify(token=text, now=now + timedelta(hours=24))

    assert services.email_verify(token=text, now=now + timedelta(hours=23, minutes=59)).username == "dee"


@pytest.mark.parametrize(
    "change", ["cut", "other key", "other purpose", "unknown registration", "empty", "long"]
)
def test_a_token_that_is_not_ours_confirms_nothing(post, settings, change):
    token = registered()
    if change == "other key":
        settings.SECRET_KEY = "another"
    text = {
        "cut": token[:-1],
        "other key": registered(),
        "other purpose": MailToken(Purpose.RESET_PASSWORD, uuid4()).text(now=timezone.now()),
        "unknown registration": MailToken(Purpose.REGISTER, uuid4()).text(now=timezone.now()),
        "empty": "",
        "long": "x" * 1001,
    }[change]
    settings.SECRET_KEY = "dev"

    answer = post("verify/", {"token": text})

    assert (answer.status_code, User.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("but", "pointer", "code"),
    [
        ({"username": "d"}, "#/username", "min_length"),
        ({"username": "d" * 41}, "#/username", "max_length"),
        ({"username": "dee@x"}, "#/username", "invalid"),
        ({"username": ".."}, "#/username", "invalid"),
        ({"username": "dée"}, "#/username", "invalid"),
        ({"username": "d\u0435e"}, "#/username", "invalid"),  # CYRILLIC SMALL LETTER IE
        ({"username": "dee\r\nBcc: x"}, "#/username", "invalid"),
        ({"username": "dee\x00"}, "#/username", "null_characters_not_allowed"),
        ({"email": "dee"}, "#/email", "invalid"),
        ({"email": "dee@example.org\r\nBcc: all@example.org"}, "#/email", "invalid"),
        ({"email": "dee@example.org,all@example.org"}, "#/email", "invalid"),
        ({"email": '"dee x"@example.org'}, "#/email", "invalid"),
        ({"email": "\u212aate@example.org"}, "#/email", "invalid"),  # KELVIN SIGN
        ({"email": "dee@" + "x" * 64 + ".org"}, "#/email", "invalid"),
        ({"email": "dee@example..org"}, "#/email", "invalid"),
        ({"email": "d" * 243 + "@example.org"}, "#/email", "max_length"),
        ({"password": "short"}, "#/password", "password_too_short"),
        ({"password": "password1"}, "#/password", "password_too_common"),
        ({"password": "dee@example.org"}, "#/password", "password_too_similar"),
        ({"password": "x" * 129}, "#/password", "max_length"),
        ({"password": "a long walk\x00"}, "#/password", "null_characters_not_allowed"),
        ({"password": None}, "#/password", "null"),
        ({"role": "staff"}, "#/role", "unknown"),
        ({"is_superuser": True}, "#/is_superuser", "unknown"),
        ({"id": "1"}, "#/id", "unknown"),
        ({"email_confirmed_at": "2026-01-01"}, "#/email_confirmed_at", "unknown"),
    ],
)
def test_what_cannot_be_registered_says_where_and_stores_nothing(post, but, pointer, code):
    answer = post("register/", DEE | but)

    assert answer.status_code == 400
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert (Registration.objects.count(), mail.outbox) == (0, [])


def test_every_weakness_of_a_password_is_said_at_once(post):
    errors = post("register/", DEE | {"password": "dee"}).json()["errors"]

    assert {error["code"] for error in errors} == {"password_too_short", "password_too_similar"}
    assert {error["pointer"] for error in errors} == {"#/password"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Dee@Example.ORG", "Dee@example.org"),
        (" dee@example.org ", "dee@example.org"),
        ("dee@bücher.example", "dee@xn--bcher-kva.example"),
        ("dee@ｅｘａｍｐｌｅ.org", "dee@example.org"),  # FULLWIDTH letters
        (
            "dee@ex\u0430mple.org",
            "dee@xn--exmple-4nf.org",
        ),  # CYRILLIC SMALL LETTER A: another domain, and shown so
        ("o'dee+books@example.org", "o'dee+books@example.org"),
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert normal_email(typed) == kept


@pytest.mark.parametrize(
    "text", ["", "@", "dee@", "@example.org", "dee@-x.org", "dee@[127.0.0.1", "d e@x.org", "dée@x.org"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValidationError):
        normal_email(text)


def test_international_addresses_log_in_as_they_are_typed(tokens_of):
    User.objects.create_user("dee", "dee@bücher.example", PASSWORD)

    assert tokens_of("dee@BÜCHER.example")["token_type"] == "Bearer"
    assert tokens_of("dee@xn--bcher-kva.example")["token_type"] == "Bearer"


def test_five_letters_an_hour_to_one_address_and_twenty_from_one(db, post):
    to_one = [post("register/", DEE, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(6)]
    from_one = [
        post("password/reset/", {"email": f"x{n}@example.org"}, REMOTE_ADDR="10.1.1.1").status_code
        for n in range(21)
    ]

    assert to_one == [202] * 5 + [429]
    assert from_one == [202] * 20 + [429]
