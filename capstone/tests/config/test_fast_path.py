"""The fast path: nobody can tell by an answer which way it came, and whatever is unusual or wrong goes Django's."""

from uuid import UUID

import pytest
from cast import make_audiobook
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.utils import timezone

from audiobooks.accounts import limits, throttles
from audiobooks.accounts.authentication import BearerTokenAuthentication
from audiobooks.accounts.permissions import ReadForAllWriteForCurators
from audiobooks.accounts.tokens import access_token_for
from audiobooks.catalog.models import Audiobook
from config.fast_path import ADDRESS, ALLOWED, FastPath, middleware
from lab_rest.request_id import current

pytestmark = pytest.mark.django_db(transaction=True)
FAST, DJANGO = True, False
BY_LIST = [  # what is asked for, which fields are sent, who answers
    ("", {}, FAST),
    ("?limit=2", {}, FAST),
    ("?limit=2&ordering=-released_on", {"Accept": "application/json"}, FAST),
    ("?limit=2&cursor={next}", {}, FAST),
    ("?limit=2", {"If-None-Match": "{etag}"}, FAST),
    ("?limit=2", {"If-None-Match": 'W/{etag}, "other"'}, FAST),
    ("?limit=2", {"If-None-Match": "*"}, FAST),
    ("?limit=2", {"If-None-Match": '"other"'}, FAST),
    ("?limit=2", {"X-Request-ID": "mine-1"}, FAST),
    ("?limit=2", {"X-Request-ID": "not mine\n"}, FAST),
    ("?limit=2", {"X-Forwarded-For": "203.0.113.7"}, FAST),
    ("?limit=2", {"If-None-Match": "no tag"}, DJANGO),
    ("?limit=2", {"Host": "evil.example"}, DJANGO),
    ("?limit=2", {"Accept": "text/html"}, DJANGO),
    ("?limit=2", {"Authorization": "Bearer x.y.z"}, DJANGO),
    ("?limit=2", {"Authorization": "Basic YTpi"}, DJANGO),
    ("?limit=0", {}, DJANGO),
    ("?limit=2&limit=3", {}, DJANGO),
    ("?cursor=invented", {}, DJANGO),
    ("?language=en", {}, DJANGO),
    ("?colour=red", {}, DJANGO),
]
BY_ID = [
    ("{id}/", {}, FAST),
    ("{id}/", {"If-None-Match": "{etag}"}, FAST),
    ("{id}/?unknown=1", {}, FAST),
    ("{upper}/", {}, FAST),
    ("{hex}/", {}, DJANGO),
    ("{id}", {}, DJANGO),
    ("{id}/chapters/", {}, DJANGO),
    ("00000000-0000-0000-0000-00000000000x/", {}, DJANGO),
    ("00000000-0000-0000-0000-000000000000/", {}, DJANGO),
]


class Asked:
    """Two applications, with and without the fast path; asked in turn, and who answered is remembered."""

    def __init__(self) -> None:
        self.django = WSGIHandler()
        self.went_to_django = False
        self.fast = FastPath(self.went)

    def went(self, environ, start_response):
        self.went_to_django = True
        return self.django(environ, start_response)

    def answer(self, application, path: str, method: str = "GET", **headers: str):
        """Return status, fields and body."""
        given = (
            RequestFactory(headers={"Host": "127.0.0.1", **headers})
            .generic(method, f"{ADDRESS}{path}")
            .environ
        )
        self.went_to_django, told = False, []
        body = b"".join(application(given, lambda *what: told.extend(what)))
        status, fields = told
        assert len(fields) == len(dict(fields))
        return status, dict(fields), body

    def both(self, path: str, **headers: str):
        """Return the answer of the fast path, who gave it, and Django's."""
        fast = self.answer(self.fast, path, **headers)
        return fast, not self.went_to_django, self.answer(self.django, path, **headers)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def shelf() -> list[Audiobook]:
    """Three recordings for everybody, one for those who signed in, and a draft."""
    return [
        *(make_audiobook(f"Title {number}") for number in range(3)),
        make_audiobook("Within", access="members"),
        make_audiobook("Draft", status="draft"),
    ]


@pytest.fixture(params=["anybody", "bo", "ada"])
def token(request) -> dict[str, str]:
    """The fields by which somebody who sees another part of the catalogue proves who they are."""
    if request.param == "anybody":
        return {}
    principal = request.getfixturevalue(request.param).principal
    return {"Authorization": f"Bearer {access_token_for(principal, now=timezone.now()).text}"}


@pytest.fixture
def stopped(monkeypatch) -> None:
    """Ids are one, and time stands still for cursors: two answers may be compared."""
    monkeypatch.setattr("secrets.token_hex", lambda _length: "an-id")
    monkeypatch.setattr("django.core.signing.time.time", lambda: 1_800_000_000)


def alike(answer):
    """Leave out what is left of a limit: one less each time."""
    status, fields, body = answer
    return status, {name: value for name, value in fields.items() if name != "RateLimit"}, body


@pytest.mark.parametrize(("first", "cases"), [("?limit=2", BY_LIST), ("{id}/", BY_ID)])
def test_an_answer_is_the_same_by_the_fast_path_and_by_django(asked, shelf, token, stopped, first, cases):
    names = {"id": shelf[0].pk, "upper": str(shelf[0].pk).upper(), "hex": shelf[0].pk.hex}
    _, fields, body = asked.answer(asked.django, first.format(**names), **token)
    names["etag"] = fields["ETag"]
    names["next"] = body.partition(b"cursor=")[2].partition(b"&")[0].decode()
    for path, sent, by_whom in cases:
        headers = token | {name: value.format(**names) for name, value in sent.items()}
        fast, was_fast, ordinary = asked.both(path.format(**names), **headers)

        assert alike(fast) == alike(ordinary), (path, sent)
        assert fast[1].keys() == ordinary[1].keys(), (path, sent)
        assert was_fast == by_whom, (path, sent)


def test_who_may_see_a_recording_is_the_same_by_both(asked, shelf, token, stopped):
    for audiobook in shelf:
        fast, was_fast, ordinary = asked.both(f"{audiobook.pk}/", **token)

        assert alike(fast) == alike(ordinary)
        assert was_fast == (fast[0] == "200 OK")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "DELETE"])
def test_only_a_get_is_fast(asked, shelf, method):
    asked.answer(asked.fast, "", method)

    assert asked.went_to_django


@pytest.mark.parametrize("behind_https", [False, True])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_whoever_comes_without_tls_is_sent_to_it_by_both(
    asked, shelf, stopped, settings, monkeypatch, behind_https, scheme
):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = behind_https, 60 * behind_https
    monkeypatch.setattr("config.fast_path.answered_by_middleware", middleware())
    fast, was_fast, ordinary = Asked().both("?limit=2", **{"X-Forwarded-Proto": scheme})

    assert alike(fast) == alike(ordinary)
    assert was_fast == (scheme == "https" or not behind_https)
    assert ("Strict-Transport-Security" in fast[1]) == (behind_https and scheme == "https")


def test_a_request_is_counted_once_whoever_answers_it(asked, shelf, monkeypatch, stopped):
    few = limits.Limit("few", 3, 60)
    monkeypatch.setattr("config.fast_path.EVERYTHING", few)
    monkeypatch.setattr("audiobooks.accounts.throttles.EVERYTHING", few)

    told = [
        asked.answer(asked.fast, path)
        for path in ("?limit=2", "?cursor=invented", f"{UUID(int=0)}/", "?limit=2")
    ]

    assert [status[:3] for status, _, _ in told] == ["200", "400", "404", "429"]
    assert [fields["RateLimit"].split(";")[1] for _, fields, _ in told] == ["r=2", "r=1", "r=0", "r=0"]
    assert asked.went_to_django
    assert alike(told[-1]) == alike(asked.answer(asked.django, "?limit=2"))


def test_what_fails_is_answered_by_django_and_logged_where_it_is_a_defect(asked, shelf, caplog, monkeypatch):
    monkeypatch.setattr(asked.fast, "remembered", lambda *_: 1 / 0)

    status, _, _ = asked.answer(asked.fast, "?limit=2")

    assert (status, asked.went_to_django) == ("200 OK", True)
    assert [record.message for record in caplog.records] == ["The fast path failed; Django answers."]
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def test_a_line_of_the_log_has_the_request_s_id(asked, shelf, monkeypatch):
    seen = []
    monkeypatch.setattr(asked.fast, "remembered", lambda *_: seen.append(current.get()) or 1 / 0)

    _, fields, _ = asked.answer(asked.fast, "?limit=2")

    assert (seen, current.get()) == ([fields["X-Request-ID"]], "-")


def test_views_of_the_fast_path_let_everybody_read_and_have_no_limit_of_their_own():
    for view in ALLOWED:
        assert view.permission_classes == (ReadForAllWriteForCurators,)
        assert not hasattr(view, "limits")
        assert [type(one) for one in view().get_authenticators()] == [BearerTokenAuthentication]
        assert [type(one) for one in view().get_throttles()] == [throttles.Throttle]
