"""Limits: exact however many ask at once, told to the caller, and what becomes of them without Valkey."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import redis
from cast import PASSWORD, sign_in
from rest_framework.test import APIClient

from audiobooks.accounts import limits
from audiobooks.accounts.tallies import SHARE, Tallies

LOG_IN, BOOKS, ME = "/api/v1/auth/token/", "/api/v1/books/", "/api/v1/me/"
NO_PASSWORD = {"username": "bo"}  # counted, and refused before any row is looked for


def items(field: str) -> dict[str, dict[str, int]]:
    """Return {policy: {parameter: number}} of a RateLimit field, and fail where it is no list of such (RFC 9651)."""
    item = r'"([a-z-]+)"((?:;[a-z]+=\d+)+)'
    assert re.fullmatch(rf"{item}(, {item})*", field), field
    return {
        name: {key: int(number) for key, number in re.findall(r"([a-z]+)=(\d+)", parameters)}
        for name, parameters in re.findall(item, field)
    }


def try_to_log_in(number: int, body: Any = NO_PASSWORD, *, address: str = "10.0.0.1") -> Any:
    return APIClient(REMOTE_ADDR=address).post(LOG_IN, body, format="json")


@pytest.mark.parametrize(
    ("address", "quota"), [("10.0.0.1", 20), ("10.0.0.{}", 60)], ids=["of one caller", "about one name"]
)
def test_of_200_simultaneous_requests_exactly_as_many_pass_as_may(address, quota):
    start = Barrier(200)

    def one(number: int) -> int:
        start.wait()
        return try_to_log_in(number, address=address.format(number)).status_code

    with ThreadPoolExecutor(200) as threads:
        statuses = Counter(threads.map(one, range(200)))

    assert statuses == {400: quota, 429: 200 - quota}


def test_every_answer_says_what_is_left_and_a_refusal_when_to_come_back():
    answers = [try_to_log_in(number) for number in range(21)]

    policies = {answer["RateLimit-Policy"] for answer in answers}
    left = [items(answer["RateLimit"]) for answer in answers]
    assert policies == {'"api";q=600;w=60, "log-in";q=20;w=60'}
    assert [one["log-in"]["r"] for one in left] == [*range(19, -1, -1), 0]
    assert [one["api"]["r"] for one in left] == [*range(599, 579, -1), 580]  # the refused one is not counted
    assert all(0 < limit["t"] <= 60 for one in left for limit in one.values())
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == str(left[-1]["log-in"]["t"])


@pytest.mark.parametrize("body", ["{", "[]", '{"username": 7}'])
def test_a_body_that_says_nothing_is_counted_too(body):
    answers = [APIClient().generic("POST", LOG_IN, body, content_type="application/json") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [400] * 20 + [429]
    assert items(answers[0]["RateLimit"])["log-in"]["r"] == 19


def test_how_often_somebody_is_tried_from_elsewhere_is_not_told():
    for number in range(60):
        try_to_log_in(number, address=f"10.0.0.{number}")

    refused = try_to_log_in(61, address="10.9.9.9")

    assert (refused.status_code, 0 < int(refused["Retry-After"]) <= 3600) == (429, True)
    assert {name: room["r"] for name, room in items(refused["RateLimit"]).items()} == {
        "api": 600,
        "log-in": 20,
    }


def test_a_refusal_by_one_limit_takes_nothing_from_the_others():
    for number in range(60):
        try_to_log_in(number)

    elsewhere = [try_to_log_in(n, address=f"10.0.1.{n}").status_code for n in range(41)]

    assert elsewhere == [400] * 40 + [429]  # of the 60 about this name, the 20 that passed are gone, not 60


@pytest.mark.django_db
def test_all_requests_of_a_caller_are_limited_whatever_they_ask(bo, ada, monkeypatch):
    few = limits.Limit("api", 3, 60)
    monkeypatch.setattr("audiobooks.accounts.throttles.EVERYTHING", few)
    of_bo, of_ada = sign_in(bo), sign_in(ada)

    answers = [of_bo.get(BOOKS), of_bo.get(f"{BOOKS}nonsense/"), of_bo.get(ME), of_bo.get(BOOKS)]
    other = of_ada.get(BOOKS)

    assert [answer.status_code for answer in answers] == [200, 404, 200, 429]
    assert [items(answer["RateLimit"])["api"]["r"] for answer in answers] == [2, 1, 0, 0]
    assert answers[-1].json()["type"].endswith("#throttled")
    assert (other.status_code, items(other["RateLimit"])["api"]["r"]) == (200, 2)


def test_what_passed_longer_ago_than_the_window_counts_no_more():
    short = limits.Limit("short", 2, 1)
    whom = {short: "bo"}
    first = [limits.attempt(whom).passes for _ in range(3)]
    key = limits.VALKEY.keys(f"{limits.NAMESPACE}:short:*")[0]
    limits.VALKEY.lset(
        key, -1, int(limits.VALKEY.lindex(key, -1)) - 1_000
    )  # the older of two, a second earlier

    then = [limits.attempt(whom).passes for _ in range(2)]

    assert (first, then) == ([True, True, False], [True, False])
    assert 0 < limits.VALKEY.pttl(key) <= 1_000


def test_all_limits_of_a_request_cost_one_round_trip(monkeypatch):
    sent: list[object] = []
    send = redis.Connection.send_packed_command

    def counted(self: redis.Connection, command: Any, **options: Any) -> None:
        sent.append(command)
        send(self, command, **options)

    try_to_log_in(1)  # connects, and teaches Valkey the script
    monkeypatch.setattr(redis.Connection, "send_packed_command", counted)

    answer = try_to_log_in(2)

    assert len(items(answer["RateLimit"])) == 2
    assert len(sent) == 1


def in_no_time() -> Tallies:
    """Return tallies of a process whose clock stands still."""
    return Tallies(clock=lambda: 0.0)


def passed(whom: dict[limits.Limit, str], tries: int, tallies: Tallies, monkeypatch) -> int:
    """Return how many of so many tries pass in the process that has these tallies."""
    monkeypatch.setattr(limits, "TALLIES", tallies)
    return sum(limits.attempt(whom).passes for _ in range(tries))


def test_who_is_far_from_the_limit_is_not_looked_up_for_each_request(monkeypatch):
    looked_up = []
    look_up = limits.looked_up
    monkeypatch.setattr(limits, "looked_up", lambda keys: looked_up.append(keys) or look_up(keys))
    monkeypatch.setattr(limits, "TALLIES", in_no_time())
    whom = {limits.Limit("api", 600, 60): "bo"}

    left = [limits.attempt(whom).rooms.popitem()[1].remaining for _ in range(85)]

    assert left == [*range(599, 514, -1)]
    assert len(looked_up) == 5  # one, then 18 without


def test_in_one_process_exactly_as_many_pass_as_may(monkeypatch):
    whom = {limits.Limit("api", 100, 60): "bo"}

    assert passed(whom, 200, Tallies(), monkeypatch) == 100


def test_each_process_lets_at_most_a_32nd_of_the_quota_pass_beyond_it(monkeypatch):
    """The worst there is: 3 processes have just asked, a fourth uses the quota up, then the 3 go on."""
    whom = {limits.Limit("api", 600, 60): "bo"}
    three, fourth = [in_no_time() for _ in range(3)], in_no_time()

    first = sum(passed(whom, 1, tallies, monkeypatch) for tallies in three)
    first += passed(whom, 700, fourth, monkeypatch)
    beyond = [passed(whom, 100, tallies, monkeypatch) for tallies in three]

    assert (first, beyond) == (600, [600 // SHARE] * 3)
    assert sum(passed(whom, 100, tallies, monkeypatch) for tallies in (*three, fourth)) == 0


def test_after_a_second_valkey_is_asked_and_told_at_the_latest(monkeypatch):
    now = [0.0]
    whom = {limits.Limit("api", 600, 60): "bo"}
    mine = Tallies(clock=lambda: now[0])
    passed(whom, 6, mine, monkeypatch)  # one is looked up, five are not yet told

    passed(whom, 1, Tallies(), monkeypatch)  # another process
    now[0] = 1.0
    monkeypatch.setattr(limits, "TALLIES", mine)
    told = limits.attempt(whom).rooms.popitem()[1].remaining
    passed(whom, 5, mine, monkeypatch)
    now[0] += 61
    later = limits.attempt(whom).rooms.popitem()[1].remaining

    assert (told, later) == (600 - 8, 600 - 9)  # what passed in an earlier window is not told in this one


def test_tallies_forget_who_was_not_looked_up_for_longest():
    tallies = Tallies(callers=2)
    for key in ("bo", "cy", "bo", "ada"):
        tallies.look_up(key, 599, 60)

    assert list(tallies.kept) == ["bo", "ada"]


@pytest.fixture
def no_valkey(monkeypatch) -> None:
    """Nothing listens on port 1."""
    monkeypatch.setattr(limits, "VALKEY", limits.valkey_at("redis://127.0.0.1:1/0"))


@pytest.mark.django_db
def test_without_valkey_reading_goes_on_uncounted_and_the_log_says_so(no_valkey, caplog):
    answer = APIClient().get(BOOKS)

    assert (answer.status_code, "RateLimit" in answer, "RateLimit-Policy" in answer) == (200, False, False)
    assert "Requests are not counted: ConnectionError. Check REDIS_URL." in caplog.messages


@pytest.mark.django_db
def test_without_valkey_a_session_goes_on_and_nobody_guesses_passwords(
    bo, post, tokens_of, slug, monkeypatch
):
    tokens = tokens_of("bo")
    monkeypatch.setattr(limits, "VALKEY", limits.valkey_at("redis://127.0.0.1:1/0"))

    refreshed = post("token/refresh/", {"refresh_token": tokens["refresh_token"]})
    refused = [
        post("token/", {"username": "bo", "password": PASSWORD}),
        post("password/reset/", {"email": "bo@example.org"}),
        post("password/", {"current_password": PASSWORD, "password": "another walk by the sea"}, sign_in(bo)),
    ]

    assert refreshed.status_code == 200
    assert [(answer.status_code, slug(answer)) for answer in refused] == [(503, "limits-unavailable")] * 3
