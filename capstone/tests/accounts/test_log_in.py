"""Log-in: equal answers, equal work, limits, and how passwords are kept."""

import json
import unicodedata

import pytest
from cast import PASSWORD, make_user
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import IntegrityError, transaction
from django.utils import timezone

from audiobooks.accounts.models import Registration, User

pytestmark = pytest.mark.django_db
LOG_IN, ME = "/api/v1/auth/token/", "/api/v1/me/"


@pytest.mark.parametrize("name", ["bo", "BO", "bo@example.org", "Bo@Example.ORG"])
def test_username_and_email_log_in_whatever_their_case(bo, anybody, name):
    answer = anybody.post(LOG_IN, {"username": name, "password": PASSWORD}, format="json")

    assert answer.status_code == 200
    assert set(answer.json()) == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "refresh_expires_at",
    }
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 900
    assert answer["Cache-Control"] == "no-store"
    assert anybody.get(ME, HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}").json() == {
        "id": str(bo.id),
        "username": "bo",
        "email": "bo@example.org",
        "role": "listener",
    }


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("bo", "wrong"),
        ("nobody", PASSWORD),
        ("no@example.org", PASSWORD),
        ("a@", PASSWORD),
        ("off", PASSWORD),
    ],
)
def test_wrong_name_wrong_password_and_closed_account_get_the_same_answer(bo, anybody, username, password):
    make_user("off", is_active=False)

    answer = anybody.post(LOG_IN, {"username": username, "password": password}, format="json")

    problem = answer.json()
    assert answer.status_code == 401
    assert problem["type"].endswith("#credentials-refused")
    assert problem["detail"] == (
        "No active account has this name and password. If you have just registered, open the link in our e-mail."
    )
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "name", ["bo", "nobody", "nobody@example.org", "not@an@address", "off", "waiting", "sealed"]
)
def test_every_refusal_costs_one_password_hash(bo, anybody, hashes, name):
    make_user("off", is_active=False)
    Registration.objects.create(
        username="waiting", email="w@example.org", password="", created_at=timezone.now()
    )
    make_user("sealed", password=None)
    hashes.clear()

    answer = anybody.post(LOG_IN, {"username": name, "password": "guess"}, format="json")

    assert (answer.status_code, len(hashes)) == (401, 1)


def test_the_twenty_first_try_within_a_minute_has_to_wait(bo, anybody):
    tries = [anybody.post(LOG_IN, {"username": "bo", "password": "guess"}, format="json") for _ in range(21)]

    assert [answer.status_code for answer in tries] == [401] * 20 + [429]
    assert 0 < int(tries[-1]["Retry-After"]) <= 60


def test_another_forwarded_address_does_not_reset_the_limit(bo, anybody):
    tries = [
        anybody.post(
            LOG_IN, {"username": "bo", "password": "guess"}, format="json", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}"
        )
        for n in range(21)
    ]

    assert tries[-1].status_code == 429


def test_names_are_unique_whatever_their_case(bo):
    for username, email in (("BO", "other@example.org"), ("other", "BO@example.org")):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(username, email, PASSWORD)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/username"),
        ({"username": "bo"}, "#/password"),
        ({"username": ["bo"], "password": "x"}, "#/username"),
    ],
)
def test_a_body_that_cannot_be_right_says_where(anybody, body, pointer):
    answer = anybody.post(LOG_IN, body, format="json")

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("text", ["bo\x00", "\ud800", "x" * 255])
def test_text_that_cannot_be_a_name_is_refused_as_input(anybody, text):
    body = json.dumps({"username": text, "password": PASSWORD})

    answer = anybody.generic("POST", LOG_IN, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/username"


def test_a_name_is_guarded_wherever_the_tries_come_from(bo, anybody):
    tries = [
        anybody.post(
            LOG_IN, {"username": " BO ", "password": "guess"}, format="json", REMOTE_ADDR=f"10.0.{n}.1"
        )
        for n in range(60)
    ]

    last = anybody.post(
        LOG_IN, {"username": "bo", "password": PASSWORD}, format="json", REMOTE_ADDR="10.9.9.9"
    )
    other = anybody.post(
        LOG_IN, {"username": "cy", "password": PASSWORD}, format="json", REMOTE_ADDR="10.9.9.9"
    )

    assert {answer.status_code for answer in tries} == {401}
    assert (last.status_code, other.status_code) == (429, 401)


def test_an_address_that_tries_many_names_has_to_wait(db, anybody):
    tries = [
        anybody.post(LOG_IN, {"username": f"user{n}", "password": "Summer2026"}, format="json")
        for n in range(21)
    ]

    assert [answer.status_code for answer in tries] == [401] * 20 + [429]


def test_argon2_is_the_only_hash_and_stronger_parameters_reach_a_user_at_log_in(settings, anybody):
    settings.PASSWORD_HASHERS = ["accounts.test_log_in.Cheap"]
    bo = make_user("bo")
    session = anybody.post(LOG_IN, {"username": "bo", "password": PASSWORD}, format="json").json()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

    wrong = anybody.post(LOG_IN, {"username": "bo", "password": "wrong"}, format="json")
    before = User.objects.get(pk=bo.pk)
    right = anybody.post(LOG_IN, {"username": "bo", "password": PASSWORD}, format="json")
    after = User.objects.get(pk=bo.pk)

    assert (wrong.status_code, right.status_code) == (401, 200)
    assert "$argon2id$v=19$m=8," in before.password
    assert "$argon2id$v=19$m=102400,t=2,p=8$" in after.password
    refreshed = anybody.post(f"{LOG_IN}refresh/", {"refresh_token": session["refresh_token"]}, format="json")
    assert refreshed.status_code == 200  # a hash made anew is no new password


def test_a_hash_made_anew_never_overwrites_a_password_changed_meanwhile(settings):
    settings.PASSWORD_HASHERS = ["accounts.test_log_in.Cheap"]
    stale = make_user("bo")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    fresh = User.objects.get(pk=stale.pk)
    fresh.set_password("another walk by the sea")
    fresh.save()

    assert stale.check_password(PASSWORD)

    assert User.objects.get(pk=stale.pk).password == fresh.password


def test_a_password_is_the_same_however_its_accents_are_typed(anybody):
    make_user("bo", password=unicodedata.normalize("NFD", "une promenade à la mère"))

    answer = anybody.post(
        LOG_IN,
        {"username": "bo", "password": unicodedata.normalize("NFC", "une promenade à la mère")},
        format="json",
    )

    assert answer.status_code == 200


def test_the_production_settings_know_argon2_alone():
    from config import settings  # noqa: PLC0415 -- the file itself, not what the tests made of it

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


class Cheap(Argon2PasswordHasher):
    """Parameters of another time."""

    time_cost, memory_cost, parallelism = 1, 8, 1
