"""Logs: who did what, and no secret."""

import logging

import pytest
from cast import PASSWORD, sign_in
from django.core import mail

pytestmark = pytest.mark.django_db


def test_no_password_token_or_address_is_ever_logged(bo, post, mailed_token, tokens_of, with_token, caplog):
    caplog.set_level(logging.DEBUG)
    new = "a longer walk by the lake"

    post("register/", {"username": "dee", "email": "dee@example.org", "password": PASSWORD})
    registration = mailed_token()
    post("verify/", {"token": registration})
    post("verify/", {"token": registration})
    post("token/", {"username": "dee@example.org", "password": "wrong but secret"})
    first = tokens_of("dee")
    second = post("token/refresh/", {"refresh_token": first["refresh_token"]}).json()
    post("token/refresh/", {"refresh_token": first["refresh_token"]})
    with_token(f"{second['access_token']}x").get("/api/v1/me/")
    sign_in(bo).get(f"/api/v1/nowhere/?access_token={second['access_token']}")
    post(f"token/refresh/?refresh_token={first['refresh_token']}", {})
    post("password/reset/", {"email": "bo@example.org"})
    reset = mailed_token()
    post("password/reset/confirm/", {"token": f"{reset}x", "password": new})
    post("password/reset/confirm/", {"token": reset, "password": new})
    post("email/", {"email": "bo@example.net", "password": new}, sign_in(bo))

    logged = caplog.text
    secrets = [
        PASSWORD,
        new,
        "wrong but secret",
        registration,
        reset,
        mailed_token(),
        "example.org",
        "example.net",
    ]
    secrets += [part for text in (first, second) for part in text["refresh_token"].split(".")[1:]]
    secrets += [second["access_token"].rpartition(".")[2]]
    assert len(mail.outbox) == 4
    assert "A refresh token was used twice" in logged
    assert "Bad Request: /api/v1/auth/verify/" in logged
    assert [secret for secret in secrets if secret in logged] == []


def test_a_device_cannot_forge_a_line_of_the_log(bo, post, tokens_of, caplog):
    token = tokens_of("bo")["refresh_token"]
    forged = {"HTTP_USER_AGENT": "x\nERROR root: forged", "REMOTE_ADDR": "203.0.113.9\nERROR root: forged"}
    post("token/refresh/", {"refresh_token": token}, **forged)

    post("token/refresh/", {"refresh_token": token}, **forged)

    assert "A refresh token was used twice" in caplog.text
    assert "forged" not in caplog.text
