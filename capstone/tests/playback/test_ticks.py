"""The usual way of a tick: the same answers as the ordinary one, right or wrong, and no word more than the shapes say."""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import astuple
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from cast import make_user
from playback.listening import Player, make_recording
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from audiobooks.catalog.models import Audiobook
from audiobooks.errors import DomainError, NotFound
from audiobooks.library.models import Grant
from audiobooks.library.selectors import audiobook_to_hear
from audiobooks.playback import services
from audiobooks.playback.rest import shapes, sittings, ticks
from audiobooks.playback.sittings import place_in, sitting_to_hear

pytestmark = pytest.mark.django_db
NOW = "2026-11-26T08:00:00.5Z"
TICK = {"seq": 1, "at": NOW, "generation": 0, "position_ms": 15_000, "heard_from_ms": 0}
BATCH: dict[str, Any] = {"sent_at": NOW, "events": [TICK]}


def batch(**but: Any) -> dict[str, Any]:
    """A batch of one tick with other members; ... leaves one out."""
    whole = deepcopy(BATCH)
    inner = whole["events"][0]
    for name, value in but.items():
        part = whole if name in ("sent_at", "events", "extra") else inner
        part[name] = value
        if value is ...:
            del part[name]
    return whole


TIMES = [
    "2026-11-26T08:00:00Z",
    "2026-11-26T08:00:00.1Z",
    "2026-11-26T08:00:00.123456Z",
    "2026-11-26T08:00:00.1234567Z",
    "2026-11-26T08:00:00,123Z",
    "2026-11-26T08:00:00+05:30",
    "2026-11-26T08:00:00-0530",
    "2026-11-26T08:00:00+24:00",
    "2026-11-26T08:00:00z",
    "2026-11-26t08:00:00Z",
    "2026-11-26 08:00:00Z",
    "2026-11-26T08:00Z",
    "2026-11-26T08:00:00",
    "2026-11-26",
    "20261126T080000Z",
    "2026-02-31T08:00:00Z",
    "2026-11-26T24:00:00Z",
    "2026-11-26T23:59:60Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1999-12-31T23:59:59Z",
    "2099-12-31T23:59:59Z",
    "٢٠٢٦-11-26T08:00:00Z",
    "2026-11-26T08:00:00Z\n",
    "now",
    "",
    1795680000,
    None,
    ...,
]
NUMBERS = {
    "seq": [0, 2**53, 2**53 + 1, -1, 1.0, 1.5, "1", True, None, ..., []],
    "generation": [0, 1, 1_000_000, 1_000_001, -1, "0", False, None, ...],
    "position_ms": [0, 2**31 - 1, 2**31, -1, 36_000_001, 1e3, "7", {}, None, ...],
    "heard_from_ms": [0, 15_001, 2**31, -1, 0.0, "0", True, None, ...],
    "speed_percent": [50, 49, 400, 401, 100.0, "100", None, ...],
    "extra": [1, None],
    "name": ["x"],
    "session": ["x"],
}
EVENTS = [[], ..., None, {}, "x", [None], [[]], [TICK] * 2, [TICK, {**TICK, "seq": -1}], [TICK] * 501]
BODIES: list[Any] = [
    *(batch(at=time) for time in TIMES),
    *(batch(sent_at=time) for time in TIMES),
    *(batch(**{name: value}) for name, values in NUMBERS.items() for value in values),
    *(batch(events=events) for events in EVENTS),
    {},
    [],
    None,
    "x",
    7,
]
GOOD = json.dumps(BATCH).encode()
RAW = [
    b"",
    b" ",
    b"{",
    GOOD + b" ",
    GOOD + b"x",
    b"\xef\xbb\xbf" + GOOD,
    GOOD.replace(b'"seq": 1', b'"seq": 01'),
    GOOD.replace(b'"seq": 1', b'"seq": NaN'),
    GOOD.replace(b'"seq": 1', b'"seq": 7, "seq": 1'),
    GOOD.replace(b'"seq": 1', b'"seq": "x", "seq": 1'),
    GOOD.replace(b'"seq"', b'"\\u0073eq"'),
    GOOD.replace(b'"seq"', b'"\xff"'),
    GOOD.replace(b'"seq"', b'"\\ud800"'),
    GOOD.replace(b'"sent_at"', b'"events": [], "sent_at"'),
    b'{"events":' * 5000,
    b" " * 256 * 1024 + GOOD,
]
TYPES = [
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-16",
    "Application/JSON",
    "text/plain",
    "application/x-www-form-urlencoded",
    "",
]


@pytest.fixture
def phone(bo) -> Player:
    phone = Player(bo)
    phone.begin(make_recording())
    return phone


def both_ways(phone: Player, monkeypatch, bodies: Iterable[bytes], content_type: str = "application/json"):
    """Send bodies on the usual way, then on the ordinary one: what each answers, and what it gave to the service."""

    def sent() -> list[Any]:
        answers = []
        for body in bodies:
            taken.clear()
            address = f"/api/v1/playback/{phone.session}/events/"
            answer = phone.client.generic("POST", address, body, content_type=content_type)
            answers.append((body[-200:], answer.status_code, without_ids(answer.json()), *taken))
        return answers

    taken: list[Any] = []
    store = services.events_store

    def note(**given: Any):
        taken.append((given["sent_at"], given["told"]))
        return store(**given)

    monkeypatch.setattr(services, "events_store", note)
    usual = sent()
    monkeypatch.setattr(ticks, "plain_events", lambda _request: None)
    return usual, sent()


def without_ids(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave out what differs from one request to the next, and what became of an event the second time."""
    for result in answer.get("results", []):
        result["outcome"] = result["outcome"].replace("duplicate", "applied")
    return answer | {"request_id": "", "revision": 0, "positions": []}


def test_whatever_is_told_both_ways_take_and_answer_alike(phone, monkeypatch):
    usual, ordinary = both_ways(phone, monkeypatch, [json.dumps(body).encode() for body in BODIES])

    assert usual == ordinary
    assert {status for _, status, *_ in usual} == {200, 400}
    assert all(bool(taken) == (status == 200) for _, status, _, *taken in usual)


def test_whatever_bytes_come_both_ways_take_and_answer_alike(phone, monkeypatch):
    usual, ordinary = both_ways(phone, monkeypatch, RAW)

    assert usual == ordinary
    assert {status for _, status, *_ in usual} == {200, 400, 413}


@pytest.mark.parametrize("content_type", TYPES)
def test_whatever_type_it_says_both_ways_answer_alike(phone, monkeypatch, content_type):
    usual, ordinary = both_ways(phone, monkeypatch, [GOOD], content_type)

    assert usual == ordinary


@pytest.mark.parametrize(
    ("body", "is_usual"),
    [
        (batch(), True),
        (batch(heard_from_ms=...), True),
        (batch(heard_from_ms=None, speed_percent=150, at="2026-11-26T09:00:00.5+01:00"), True),
        (batch(at="2026-11-26T08:00:00"), False),
        (batch(events=[TICK] * 500), True),
    ],
)
def test_what_devices_send_goes_the_usual_way(body, is_usual):
    plain = APIRequestFactory().post("/", body, format="json")

    found = ticks.plain_events(Request(plain))

    assert (found is not None) == is_usual
    assert found is None or len(found[1]) == len(body["events"])


def test_an_answer_is_what_the_shapes_describe(bo, monkeypatch):
    answers: list[tuple[bytes, bytes]] = []
    out = ticks.events_out

    def both(result):
        answer = out(result)
        answers.append((answer.content, JSONRenderer().render(shapes.EventsOut(result).data)))
        return answer

    monkeypatch.setattr(sittings, "events_out", both)
    book = make_recording(title='Über „alles“ \\ " & <b>\t')
    phone, tablet = Player(bo, "Phone é"), Player(bo, "Tablet")
    phone.begin(book)
    event = phone.event(600_000)
    phone.tell(event)
    phone.tell(event)
    phone.tell(phone.event(36_000_001), phone.event(1_000, ago_s=60))
    sitting = tablet.sitting(book)
    tablet.sync([sitting], [tablet.event(200_000, heard_ms=20_000, session=sitting["id"])])

    assert [usual for usual, _ in answers] == [ordinary for _, ordinary in answers]
    told = [[one["outcome"] for one in json.loads(usual)["results"]] for usual, _ in answers]
    assert told == [["applied"], ["duplicate"], ["rejected", "superseded"], ["conflict"]]


@pytest.mark.parametrize("policy", ["ask", "furthest", "latest"])
def test_the_place_that_is_answered_is_the_place_that_is_stored(bo, policy):
    book, phone, tablet = make_recording(), Player(bo), Player(bo, "Tablet")
    services.policy_set(user_id=bo.pk, on_conflict=policy)
    phone.begin(book)
    answers = []

    def tell(player: Player, *events: dict[str, Any]) -> None:
        answers.append((player.tell(*events).json(), place_in(bo.pk, book.pk)))

    tell(phone, phone.event(36_000_001))  # nothing is stored
    tablet.begin(book)
    tell(phone, first := phone.event(600_000, heard_ms=60_000))
    tell(phone, first)
    tell(phone, phone.event(1_000, ago_s=60))
    tell(tablet, tablet.event(100_000, heard_ms=60_000))
    tell(phone, phone.event(700_000, heard_ms=60_000))
    tell(tablet, tablet.event(5_000, ago_s=60))

    assert answers[0][0]["positions"] == []
    for answer, place in answers[1:]:
        assert answer["positions"] == [json.loads(JSONRenderer().render(shapes.PositionOut(place).data))]
    assert answers[4][0]["results"][0]["outcome"] == "conflict"


@pytest.mark.parametrize("role", ["listener", "curator", "staff"])
def test_whoever_may_hear_it_may_tell_and_nobody_else(cy, role):
    user, book = make_user("dee", role=role), make_recording()
    phone = Player(user)
    phone.begin(book)
    Grant.objects.create(user=cy, audiobook=book)
    ways: list[Callable[[], object]] = [
        lambda: sitting_to_hear(user.principal, user.pk, UUID(phone.session)),
        lambda: audiobook_to_hear(user.principal, book.pk),
    ]
    told = []

    for is_granted in (False, True):
        if is_granted:
            Grant.objects.create(user=user, audiobook=book)
        for status, access in product(Audiobook.Status, Audiobook.Access):
            Audiobook.objects.filter(pk=book.pk).update(status=status, access=access)
            told.append([refusal(way) for way in ways])

    assert [found for found, _ in told] == [expected for _, expected in told]
    assert len({found for found, _ in told if found}) == (2 if role == "listener" else 0)


def refusal(ask: Callable[[], object]) -> str:
    """Return why something is refused; nothing where it is not."""
    try:
        ask()
    except DomainError as error:
        return f"{type(error).__name__} {error.code}: {error.detail}"
    return ""


def test_a_sitting_is_found_with_its_recording_and_device(bo, cy):
    book, phone, others = make_recording(), Player(bo), Player(cy)
    phone.begin(book)
    others.begin(book)

    sitting = sitting_to_hear(bo.principal, bo.pk, UUID(phone.session))

    assert astuple(sitting.audiobook) == (book.pk, book.title, book.duration_ms)
    assert (str(sitting.device.client_id), sitting.device.name) == (phone.device["id"], "Phone")
    with pytest.raises(NotFound, match="no such playback session"):
        sitting_to_hear(bo.principal, bo.pk, UUID(others.session))
