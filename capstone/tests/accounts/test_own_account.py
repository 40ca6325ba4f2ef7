"""Changing one's address and username; and everything else, which nobody changes of themselves."""

from datetime import timedelta

import pytest
from cast import PASSWORD, make_user, sign_in
from django.core import mail
from django.utils import timezone

from audiobooks.accounts import services
from audiobooks.accounts.mail_tokens import MailTokenRefused
from audiobooks.accounts.models import User

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"
CHANGE = {"email": "bo@example.net", "password": PASSWORD}


def email_of(user: User) -> str:
    return User.objects.get(pk=user.pk).email


def test_an_address_changes_when_the_new_one_is_confirmed(bo, post, mailed_token, tokens_of):
    tokens = tokens_of("bo")
    asked = post("email/", CHANGE, sign_in(bo))
    before = email_of(bo)

    done = post("verify/", {"token": mailed_token()})

    assert (asked.status_code, asked.content, before) == (202, b"", "bo@example.org")
    assert (done.status_code, done.json()["email"], email_of(bo)) == (200, "bo@example.net", "bo@example.net")
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [
        ("Confirm your new e-mail address", ["bo@example.net"]),
        ("Your e-mail address was changed", ["bo@example.org"]),
    ]
    assert tokens_of("bo@example.net")["expires_in"] == 900
    assert post("token/", {"username": "bo@example.org", "password": PASSWORD}).status_code == 401
    assert post("token/refresh/", {"refresh_token": tokens["refresh_token"]}).status_code == 200


def test_another_accounts_address_gets_the_same_answer(bo, cy, post):
    free = post("email/", CHANGE, sign_in(bo))
    taken = post("email/", CHANGE | {"email": "CY@example.org"}, sign_in(bo))

    assert (free.status_code, free.content) == (taken.status_code, taken.content) == (202, b"")
    assert (mail.outbox[1].subject, mail.outbox[1].to) == ("You have an account already", ["cy@example.org"])


def test_an_address_taken_before_it_is_confirmed_stays_with_who_has_it(bo, post, mailed_token, slug):
    post("email/", CHANGE, sign_in(bo))
    token = mailed_token()
    User.objects.create_user("eve", "BO@example.net", PASSWORD)

    answer = post("verify/", {"token": token})

    assert (answer.status_code, slug(answer), email_of(bo)) == (409, "email-taken", "bo@example.org")


def test_a_confirmation_works_once_even_after_changing_back(bo, post, mailed_token, slug):
    post("email/", CHANGE, sign_in(bo))
    there = mailed_token()
    assert post("verify/", {"token": there}).status_code == 200
    post("email/", CHANGE | {"email": "bo@example.org"}, sign_in(bo))
    back = mailed_token()
    assert post("verify/", {"token": back}).status_code == 200

    again = post("verify/", {"token": there})

    assert (again.status_code, slug(again), email_of(bo)) == (400, "mail-token-refused", "bo@example.org")


def test_a_new_password_voids_a_change_of_address_that_waits(bo, post, mailed_token):
    post("email/", CHANGE, sign_in(bo))
    token = mailed_token()
    bo.set_password("the owner is back by the sea")
    bo.save()

    assert post("verify/", {"token": token}).status_code == 400
    assert email_of(bo) == "bo@example.org"


def test_a_change_of_address_waits_24_hours(bo, post, mailed_token):
    asked = timezone.now()
    post("email/", CHANGE, sign_in(bo))
    token = mailed_token()

    with pytest.raises(MailTokenRefused):
        services.email_verify(token=token, now=asked + timedelta(hours=24, seconds=2))

    assert services.email_verify(token=token, now=asked + timedelta(hours=23)).email == "bo@example.net"


def test_a_token_for_an_address_resets_no_password_and_the_other_way_round(bo, post, mailed_token, slug):
    post("email/", CHANGE, sign_in(bo))
    for_email = mailed_token()
    post("password/reset/", {"email": "bo@example.org"})
    for_password = mailed_token()

    reset = post("password/reset/confirm/", {"token": for_email, "password": "a thief's walk"})
    verify = post("verify/", {"token": for_password})

    assert [(a.status_code, slug(a)) for a in (reset, verify)] == [(400, "mail-token-refused")] * 2


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (CHANGE | {"password": "wrong"}, "#/password", "wrong"),
        ({"email": "bo@example.net"}, "#/password", "required"),
        (CHANGE | {"email": "bo"}, "#/email", "invalid"),
        (CHANGE | {"username": "cy"}, "#/username", "unknown"),
    ],
)
def test_a_change_of_address_that_is_refused_sends_nothing(bo, post, body, pointer, code):
    answer = post("email/", body, sign_in(bo))

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert mail.outbox == []


def test_a_username_changes_at_once(bo, tokens_of):
    answer = sign_in(bo).patch(ME, {"username": "Bo.Reads"}, format="json")

    assert (answer.status_code, answer.json()["username"]) == (200, "Bo.Reads")
    assert tokens_of("bo.reads")["expires_in"] == 900


def test_ones_own_username_may_change_its_case(bo):
    assert sign_in(bo).patch(ME, {"username": "BO"}, format="json").status_code == 200


def test_a_taken_username_is_a_conflict(bo, slug):
    make_user("cy")

    answer = sign_in(bo).patch(ME, {"username": "CY"}, format="json")

    assert (answer.status_code, slug(answer)) == (409, "username-taken")
    assert User.objects.get(pk=bo.pk).username == "bo"


@pytest.mark.parametrize(
    "username", ["b", "bo@example.org", "-bo", "bo.", "b o", "bo\u200d", "", None, True, ["bo"]]
)
def test_a_username_keeps_to_the_rule(bo, username):
    answer = sign_in(bo).patch(ME, {"username": username}, format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/username"


@pytest.mark.parametrize(
    "name",
    ["role", "is_superuser", "is_staff", "is_active", "id", "email", "password", "password_version", "groups",
     "user_permissions", "last_login", "created_at", "email_confirmed_at"],
)  # fmt: skip
def test_nobody_gives_themselves_anything_else(bo, name):
    before = User.objects.filter(pk=bo.pk).values().get()

    answer = sign_in(bo).patch(ME, {"username": "bo2", name: "staff"}, format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": f"#/{name}", "code": "unknown", "detail": "Unknown member. Known: username."}
    ]
    assert User.objects.filter(pk=bo.pk).values().get() == before
