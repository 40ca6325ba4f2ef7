"""Access tokens: what opens the API, and everything that does not."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from cast import make_user
from django.test import Client
from django.utils import timezone

from audiobooks.accounts import tokens
from audiobooks.accounts.refresh_tokens import RefreshToken
from audiobooks.principal import Principal, Role

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


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
        "of another type": forged(typ="refresh"),
        "refresh token": RefreshToken().text,
        "session is no id": forged(sid="mine"),
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

    assert tokens.access_from(token.text) == tokens.Access(Principal(user_id=bo.id, role=Role.LISTENER), None)


def test_a_deleted_account_is_gone_before_its_token_expires(bo, anybody):
    token = tokens.access_token_for(bo.principal, now=timezone.now()).text
    bo.delete()

    assert me_with(anybody, f"Bearer {token}").status_code == 404


def test_a_session_cookie_of_the_admin_opens_nothing_here():
    staff = make_user("staff", role="staff", is_superuser=True)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff)

    assert browser.get("/admin/").status_code == 200
    assert browser.get(ME).status_code == 401
    assert browser.delete("/api/v1/auth/sessions/").status_code == 401
    assert browser.patch(ME, {"username": "x1"}, content_type="application/json").status_code == 401


def test_no_answer_of_the_api_sets_a_cookie(bo, tokens_of, with_token):
    client = with_token(tokens_of("bo")["access_token"])

    client.get(ME)

    assert client.cookies == {}


def test_the_token_of_a_closed_account_shows_and_changes_nothing(bo, tokens_of, with_token):
    client = with_token(tokens_of("bo")["access_token"])
    bo.is_active = False
    bo.save()

    answers = [client.get(ME), client.patch(ME, {"username": "bob"}, format="json")]

    assert [(answer.status_code, answer.json()["type"].rpartition("#")[2]) for answer in answers] == [
        (404, "account-gone")
    ] * 2
