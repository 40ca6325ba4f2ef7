"""What the tests of accounts share: requests whose letters are sent, and the tokens in them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from cast import PASSWORD, keep_promises
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

AUTH = "/api/v1/auth/"


@pytest.fixture
def post(db, django_capture_on_commit_callbacks) -> Callable[..., Any]:
    """
    Return a function that posts to auth/…, commits, has every promise kept (so that letters are sent), and returns the
    answer; ``answer.queries`` are what it took until then.
    """

    def post(path: str, body: dict[str, object], client: APIClient | None = None, **headers: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True), CaptureQueriesContext(connection) as queries:
            answer = (client or APIClient()).post(AUTH + path, body, format="json", **headers)
        answer.queries = [query["sql"].split()[0] for query in queries]
        keep_promises()
        return answer

    return post


@pytest.fixture
def tokens_of(post) -> Callable[..., dict[str, Any]]:
    """Return a function that logs somebody in and returns what was answered."""

    def log_in(username: str, password: str = PASSWORD, **headers: str) -> dict[str, Any]:
        answer = post("token/", {"username": username, "password": password}, **headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return log_in


@pytest.fixture
def with_token() -> Callable[[str], APIClient]:
    """Return a function from an access token to a client that sends it."""

    def client(access_token: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token}")
        return client

    return client


@pytest.fixture
def mailed_token() -> Callable[[], str]:
    """Return a function that reads the token in the newest letter."""
    return lambda: re.findall(r"^[\w-]{40,}:[\w-]{40,}$", mail.outbox[-1].body, re.MULTILINE)[0]


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """Return the list of passwords hashed from now on."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return hashed


def slug(answer: Any) -> str:
    """Return the type of a problem, without its address."""
    return answer.json()["type"].rpartition("#")[2]


@pytest.fixture(name="slug")
def slug_fixture() -> Callable[[Any], str]:
    """Return the function above."""
    return slug
