"""A POST that is sent twice under one key has its effect once, and the same answer twice."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest.idempotency import idempotent, prune
from lab_rest.models import IdempotencyRecord
from lab_rest.problems import Problem, server_error
from rest_playground.models import Station


class Named(BaseAuthentication):
    """Believes X-User: who the caller is, is not what is tested here."""

    def authenticate(self, request):
        name = request.headers.get("X-User")
        return (SimpleNamespace(pk=name, is_authenticated=True), None) if name else None

    def authenticate_header(self, request):
        return "Named"


class Stations(APIView):
    authentication_classes = [Named]
    then: Callable[[], Any] = staticmethod(lambda: None)  # what happens after the effect; may answer instead

    @idempotent()
    def post(self, request, region="north"):
        station = Station.objects.create(code=uuid4().hex[:8], name=request.data.get("name", region))
        created = {"code": station.code, "name": station.name}
        headers = {"Location": f"/stations/{station.code}/", "ETag": '"1"', "X-Trace": "of the first"}
        return type(self).then() or Response(created, status=201, headers=headers)


class Charges(Stations):
    @idempotent(required=True)
    def post(self, request):
        return Response(status=204)


urlpatterns = [
    path("stations/", Stations.as_view()),
    path("regions/<region>/stations/", Stations.as_view()),
    path("charges/", Charges.as_view()),
]
handler500 = server_error


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


def post(key: str | None = "k1", user: str = "bo", to: str = "/stations/", name: str = "Oban", **but: Any):
    headers = {"X-User": user} if user else {}
    headers |= {} if key is None else {"Idempotency-Key": key}
    usual = {"data": {"name": name}, "content_type": "application/json", "headers": headers}
    return Client(raise_request_exception=False).post(to, **usual | but)


def answer_of(response) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("/errors/#")


def in_the_first(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Let it happen after the effect of the first request that gets there, and of no other."""
    todo = [happens]
    monkeypatch.setattr(Stations, "then", lambda: todo.pop()() if todo else None)


@pytest.mark.django_db
def test_a_post_sent_again_has_one_effect_and_one_answer():
    first, again = post(), post()

    assert (first.status_code, first.json()["name"]) == (201, "Oban")
    assert (again.status_code, again.content) == (201, first.content)
    for name in ("Location", "ETag", "Content-Type"):
        assert again[name] == first[name]
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert "X-Trace" not in again
    assert Station.objects.count() == 1


@pytest.mark.django_db
def test_a_key_in_quotes_is_the_same_key():
    assert post('"k1"').content == post("k1").content


@pytest.mark.django_db
def test_without_a_key_every_post_has_its_effect_unless_the_view_requires_one():
    assert [post(None).status_code, post(None).status_code] == [201, 201]
    assert Station.objects.count() == 2
    assert answer_of(post(None, to="/charges/")) == (400, "idempotency-key-required")
    assert post("k1", to="/charges/").status_code == post("k1", to="/charges/").status_code == 204


@pytest.mark.django_db
@pytest.mark.parametrize(
    "but",
    [
        {"name": "Oslo"},
        {"to": "/regions/south/stations/"},
        {"to": "/regions/north/stations/?draft=1"},
        {"content_type": "application/json; charset=utf-8"},
        {"data": b'{"name":"Oban"}'},
    ],
)
def test_a_key_sent_with_another_request_is_a_422(but):
    post(to="/regions/north/stations/")

    assert answer_of(post(**{"to": "/regions/north/stations/"} | but)) == (422, "idempotency-key-reused")
    assert Station.objects.count() == 1


@pytest.mark.django_db
def test_a_key_belongs_to_its_caller_and_its_route():
    codes = {
        post(user=user, to=to).json()["code"]
        for user in ("bo", "cy")
        for to in ("/stations/", "/regions/x/stations/")
    }

    assert len(codes) == Station.objects.count() == 4


@pytest.mark.django_db
def test_an_anonymous_caller_has_no_keys():
    assert answer_of(post(user="")) == (401, "not-authenticated")
    assert post(None, user="").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", ["", " ", '""', "é", "a" * 256, "a" * 1000, '"a', 'a"', "a, b", '"a", "b"', '"a";p', "a\tb"]
)
def test_a_malformed_key_is_a_400_and_has_no_effect(key):
    assert answer_of(post(key)) == (400, "invalid-idempotency-key")
    assert Station.objects.count() == 0


def refuse() -> None:
    raise Problem(status=409, type="full")


def break_down() -> None:
    raise RuntimeError("a defect")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(refuse, 409, id="raised"),
        pytest.param(break_down, 500, id="defect"),
        pytest.param(lambda: Response({}, status=400), 400, id="returned"),
    ],
)
def test_an_error_raised_or_returned_leaves_neither_effect_nor_record(error, status, monkeypatch):
    in_the_first(monkeypatch, error)

    assert post().status_code == status
    assert (Station.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert post(name="mended").json()["name"] == "mended"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda: Response("a" * 256 * 1024, status=201), id="too-long"),
        pytest.param(lambda: StreamingHttpResponse([b"a"], status=201), id="streamed"),
    ],
)
def test_an_answer_that_cannot_be_stored_is_a_defect_without_effect(answer, monkeypatch):
    in_the_first(monkeypatch, answer)

    assert answer_of(post()) == (500, "server-error")
    assert (Station.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_record_serves_for_its_lifetime_and_then_gives_way(settings):
    settings.LAB_REST_IDEMPOTENCY_LIFETIME = timedelta(hours=1)
    first, now = post(), datetime.now(UTC)
    IdempotencyRecord.objects.update(created_at=now - timedelta(minutes=59))
    assert post().content == first.content

    IdempotencyRecord.objects.update(created_at=now - timedelta(minutes=61))
    second = post(name="Oslo")

    assert (second.status_code, "Idempotency-Replayed" in second) == (201, False)
    assert post(name="Oslo").content == second.content
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.django_db
def test_pruning_deletes_the_expired_records_alone():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    for hours in (23, 24, 25):
        post(key := f"k{hours}")
        IdempotencyRecord.objects.filter(key=key).update(created_at=now - timedelta(hours=hours))

    assert prune(now=now) == 2
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["k23"]


@pytest.mark.django_db(transaction=True)
def test_a_key_costs_three_queries_and_a_replay_two():
    with CaptureQueriesContext(connection) as plain:
        post(None)
    with CaptureQueriesContext(connection) as first:
        post()
    with CaptureQueriesContext(connection) as again:
        post()

    statements = [[query["sql"].split()[0] for query in run] for run in (plain, first, again)]
    assert statements == [
        ["INSERT"],
        ["BEGIN", "SELECT", "SELECT", "INSERT", "INSERT", "COMMIT"],
        ["BEGIN", "SELECT", "SELECT", "COMMIT"],
    ]


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_the_same_key_is_a_409_at_once_and_others_pass(at_once, monkeypatch):
    meanwhile = []
    others = [{}, {"name": "Oslo"}, {"key": "k2"}, {"user": "cy"}]
    in_the_first(monkeypatch, lambda: meanwhile.extend(at_once(4, lambda index: post(**others[index]))))

    first = post()

    assert [response.status_code for response in meanwhile] == [409, 409, 201, 201]
    assert answer_of(meanwhile[0]) == (409, "idempotency-key-in-flight")
    assert meanwhile[0]["Retry-After"] == "1"
    assert (first.status_code, post().content) == (201, first.content)


@pytest.mark.django_db(transaction=True)
def test_of_200_simultaneous_posts_with_one_key_one_has_an_effect(at_once, wait_until, monkeypatch):
    server_threads, refused = threading.BoundedSemaphore(16), []
    in_the_first(monkeypatch, lambda: wait_until(lambda: refused))

    def send(index: int):
        with server_threads:
            response = post()
            connection.close()
        if response.status_code == 409:
            refused.append(response)
        return response

    answers = [response for response in at_once(200, send) if response.status_code != 409]

    assert {response.status_code for response in answers} == {201}
    assert len({response.content for response in answers}) == Station.objects.count() == 1
    assert len(refused) == 200 - len(answers) > 0
    assert sum("Idempotency-Replayed" not in response for response in answers) == 1


def lose_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accident", [break_down, lose_the_connection])
def test_a_crash_in_the_middle_leaves_nothing_locked_and_nothing_half_done(accident, at_once, monkeypatch):
    in_the_first(monkeypatch, accident)

    crashed, retried = post(), at_once(1, lambda _: post())[0]

    connection.close_if_unusable_or_obsolete()
    assert (crashed.status_code, retried.status_code) == (500, 201)
    assert "Idempotency-Replayed" not in retried
    assert Station.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_around_the_request_is_refused(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    assert answer_of(post()) == (500, "server-error")
