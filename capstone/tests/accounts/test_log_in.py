"""Log-in by access token: what opens the API, and everything that does not."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from cast import PASSWORD, make_user
from django.db import IntegrityError, transaction
from django.utils import timezone

from audiobooks.accounts import tokens
from audiobooks.accounts.models import User
from audiobooks.principal import Principal, Role

pytestmark = pytest.mark.django_db
LOG_IN, ME = "/api/v1/auth/token/", "/api/v1/me/"


def forged(key: bytes | None = None, algorithm: str = "HS256", **but: object) -> str:
    """A token that is right in everything but what is named."""
    now = timezone.now()
    claims = {
        "sub": "01890a5d-ac96-774b-bcce-b302099a8057",
        "role": "staff",
        "typ": "access",
        "aud": tokens.AUDIENCE,
        "iss": tokens.ISSUER,
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "jti": "1",
    } | but
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key if key is not None else tokens.signing_key(), algorithm=algorithm)


def me_with(anybody, text: str):
    return anybody.get(ME, HTTP_AUTHORIZATION=text)


@pytest.mark.parametrize("name", ["bo", "BO", "bo@example.org", "Bo@Example.ORG"])
def test_username_and_email_log_in_whatever_their_case(bo, anybody, name):
    answer = anybody.post(LOG_IN, {"username": name, "password": PASSWORD}, format="json")

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 900
    assert answer["Cache-Control"] == "no-store"
    assert me_with(anybody, f"Bearer {answer.json()['access_token']}").json() == {
        "id": str(bo.id),
        "username": "bo",
        "email": "bo@example.org",
        "role": "listener",
    }


@pytest.mark.parametrize(
    ("username", "password"),
    [("bo", "wrong"), ("nobody", PASSWORD), ("bo\x00", PASSWORD), ("off", PASSWORD)],
)
def test_wrong_name_wrong_password_and_closed_account_get_the_same_answer(bo, anybody, username, password):
    make_user("off", is_active=False)

    answer = anybody.post(LOG_IN, {"username": username, "password": password}, format="json")

    problem = answer.json()
    if username != "bo\x00":  # a NUL is refused as input, before any look-up
        assert answer.status_code == 401
        assert problem["type"].endswith("#credentials-refused")
        assert problem["detail"] == "No active account has this name and password."
        assert answer["WWW-Authenticate"].startswith("Bearer")
    else:
        assert answer.status_code == 400
        assert problem["errors"][0]["pointer"] == "#/username"


def test_an_unknown_name_costs_a_password_hash_too(db, anybody, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))

    anybody.post(LOG_IN, {"username": "nobody", "password": "guess"}, format="json")

    assert hashed == ["guess"]


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


def test_without_a_token_me_is_401_and_says_how_to_ask(anybody):
    answer = anybody.get(ME)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="nexus"'


def test_tokens_that_are_not_ours_open_nothing(anybody):
    unsigned = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none", "typ": "JWT"}, {"sub": "1", "role": "staff", "typ": "access"})
    )
    ours = forged()
    refused = {
        "alg none": f"{unsigned}.",
        "foreign key": forged(key=b"another server's key, thirty-two bytes"),
        "other algorithm": forged(algorithm="HS512"),
        "other audience": forged(aud="another-api"),
        "other issuer": forged(iss="somebody"),
        "refresh token": forged(typ="refresh"),
        "no expiry": forged(exp=None),
        "no subject": forged(sub=None),
        "expired": forged(exp=timezone.now() - timedelta(seconds=1)),
        "unknown role": forged(role="owner"),
        "subject is no id": forged(sub="1 OR 1=1"),
        "altered": ours[:-4] + ("AAAA" if not ours.endswith("AAAA") else "BBBB"),
        "rubbish": "rubbish",
        "empty": "",
        "not ASCII": "jéton",
    }

    answers = {why: me_with(anybody, f"Bearer {text}") for why, text in refused.items()}

    assert {why: answer.status_code for why, answer in answers.items()} == dict.fromkeys(refused, 401)
    assert "expired" in answers["expired"].json()["detail"]
    assert all(answer["Content-Type"] == "application/problem+json" for answer in answers.values())


def test_a_token_in_the_query_string_is_not_read(bo, anybody):
    token = tokens.access_token_for(bo.principal, now=timezone.now()).text

    assert anybody.get(ME, {"access_token": token}).status_code == 401


def test_other_schemes_than_bearer_are_refused(anybody):
    assert me_with(anybody, "Basic Ym86cGFzcw==").status_code == 401


def test_a_token_speaks_for_who_it_was_made_for(bo):
    token = tokens.access_token_for(bo.principal, now=timezone.now())

    assert tokens.principal_from(token.text) == Principal(user_id=bo.id, role=Role.LISTENER)


def test_a_deleted_account_is_gone_before_its_token_expires(bo, anybody):
    token = tokens.access_token_for(bo.principal, now=timezone.now()).text
    bo.delete()

    assert me_with(anybody, f"Bearer {token}").status_code == 404


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
