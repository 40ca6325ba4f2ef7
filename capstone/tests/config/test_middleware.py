"""The API goes past the middleware that is for pages, and nobody can tell by an answer."""

import pytest
from cast import make_audiobook
from django.test import Client

from config.middleware import ShortWayMiddleware, innermost

pytestmark = pytest.mark.django_db
API = "/api/v1/"
OWN = {"X-Request-ID", "RateLimit", "Expires"}  # of each answer
ASKED = [
    ("GET", f"{API}audiobooks/"),
    ("GET", f"{API}audiobooks/?cursor=x"),
    ("HEAD", f"{API}audiobooks/"),
    ("OPTIONS", f"{API}audiobooks/"),
    ("POST", f"{API}audiobooks/"),
    ("GET", f"{API}audiobooks/nonsense/"),
    ("GET", f"{API}audiobooks"),
    ("POST", f"{API}audiobooks"),
    ("GET", f"{API}nowhere"),
    ("GET", f"{API}nowhere/"),
    ("GET", f"{API}me/"),
    ("POST", f"{API}auth/browser/token/"),
    ("GET", "/graphql/"),
    ("GET", "/healthz/live"),
]


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_an_answer_is_the_same_by_the_short_way_and_by_the_long_one(settings, method, path, host):
    make_audiobook()
    long_way = [name for name in settings.MIDDLEWARE if not name.endswith(ShortWayMiddleware.__name__)]

    answers = []
    for middleware in (settings.MIDDLEWARE, long_way):
        settings.MIDDLEWARE = middleware
        answers.append(Client(headers={"Host": host}).generic(method, path))
    short, long = answers

    assert short.status_code == long.status_code
    assert {**short.headers}.keys() == {**long.headers}.keys()
    assert {name: short[name] for name in short.headers if name not in OWN} == {
        name: long[name] for name in long.headers if name not in OWN
    }
    assert (host == "127.0.0.1") or short.status_code == 400


def test_the_short_way_ends_at_the_view():
    def view(_request):
        """What all middleware is wrapped around."""

    def wrapped(inside):
        def inner(_request):
            """As django.core.handlers.exception wraps."""

        inner.__wrapped__ = inside
        return inner

    around = wrapped(view)
    for _ in range(3):
        around = wrapped(type("Middleware", (), {"get_response": staticmethod(around)}))

    assert innermost(around).__wrapped__ is view
