"""What a caller sees of a service that is slow, that fails, or that sends too much. The service is real."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from time import monotonic

import pytest

from caching_checks.service import Service, drips, floods, gzip_of, hangs, replies, unannounced
from lab_caching.outbound import (
    CircuitOpen,
    Client,
    DeadlineExceeded,
    Rules,
    ServiceFailed,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    Unreadable,
)

MIB = 1024 * 1024


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        yield service


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def make_client(service: Service, pauses: list[float]) -> Iterator[Callable[..., Client]]:
    """Return a function that makes a client which may call the service; its pauses are noted, and not made."""
    made: list[Client] = []

    def make(clock: Callable[[], float] = monotonic, chance: float = 1.0, **but: object) -> Client:
        rules = Rules(
            hosts=frozenset({f"127.0.0.1:{service.port}"}),
            schemes=frozenset({"http"}),
            networks=(ip_network("127.0.0.1/32"),),
            failures=100,
        )
        client = Client(replace(rules, **but), clock=clock, sleep=pauses.append, chance=lambda: chance)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.mark.parametrize(
    "act",
    [hangs, drips(8), drips(8, headers_too=True)],
    ids=["nothing", "a byte each 0.4 s", "headers by the byte"],
)
def test_a_call_ends_at_its_deadline_whatever_comes(service, make_client, act):
    url = service.at("/slow", act)

    with pytest.raises(DeadlineExceeded):
        make_client().call("GET", url, deadline_s=0.5)


def test_an_attempt_that_hangs_leaves_time_for_another(service, make_client):
    url = service.at("/", hangs, replies(content=b"here"))

    answer = make_client(attempt_s=0.2).get(url)

    assert answer.content == b"here"
    assert len(service.asked) == 2


def test_attempts_and_pauses_together_stay_within_the_deadline(service, make_client, pauses):
    url = service.at("/", replies(503))

    with pytest.raises(ServiceFailed):
        make_client(pause_s=2.0, max_pause_s=60.0, attempts=10).call("GET", url, deadline_s=5.0)

    assert pauses == [2.0, 4.0]  # the third would be 8 s; none of them passed
    assert len(service.asked) == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_get_that_fails_twice_is_answered_at_the_third_attempt(service, make_client, pauses, status):
    url = service.at("/", replies(status), replies(status), replies(content=b"here"))

    assert make_client().get(url).content == b"here"
    assert pauses == [0.2, 0.4]


def test_pauses_are_spread_by_chance(service, make_client, pauses):
    url = service.at("/", replies(503), replies(503), replies())

    make_client(chance=0.25).get(url)

    assert pauses == [0.05, 0.1]


@pytest.mark.parametrize("status", [501, 505])
def test_an_answer_that_no_attempt_can_change_is_not_asked_for_again(service, make_client, status):
    url = service.at("/", replies(status))

    with pytest.raises(ServiceFailed) as caught:
        make_client().get(url)

    assert caught.value.status == status
    assert len(service.asked) == 1


@pytest.mark.parametrize("act", [replies(500), hangs], ids=["answered 500", "no answer"])
def test_a_post_is_sent_once_whatever_happens(service, make_client, act):
    url = service.at("/orders", act)

    with pytest.raises((ServiceFailed, DeadlineExceeded)):
        make_client(attempt_s=0.2).call("POST", url, content=b"{}")

    assert [asked.method for asked in service.asked] == ["POST"]


def test_a_post_with_a_key_is_sent_again_under_that_key(service, make_client):
    url = service.at("/orders", replies(503), replies(201))

    answer = make_client().call("POST", url, content=b"{}", idempotency_key="order-7")

    assert answer.status == 201
    assert [asked.headers["idempotency-key"] for asked in service.asked] == ["order-7", "order-7"]


def test_a_404_is_an_answer_and_is_asked_for_once(service, make_client):
    assert make_client().get(service.at("/", replies(404))).status == 404
    assert len(service.asked) == 1


def test_a_retry_after_is_waited_for_where_there_is_time(service, make_client, pauses):
    url = service.at("/", replies(429, Retry_After=3), replies())

    make_client().get(url)

    assert pauses == [3.0]


def test_a_retry_after_beyond_the_deadline_is_told_at_once(service, make_client, pauses):
    url = service.at("/", replies(429, Retry_After=60))

    with pytest.raises(ServiceFailed) as caught:
        make_client().get(url)

    assert (caught.value.status, caught.value.retry_after_s) == (429, 60.0)
    assert (len(service.asked), pauses) == (1, [])


def test_of_a_gigabyte_the_client_reads_a_mebibyte(service, make_client):
    url = service.at("/", floods(1024 * MIB))

    with pytest.raises(TooLarge):
        make_client(max_bytes=MIB).get(url)

    assert service.sent_bytes < 16 * MIB  # what the system's buffers took
    assert len(service.asked) == 1


def test_of_an_announced_gigabyte_the_client_reads_nothing(service, make_client):
    url = service.at("/", floods(1024 * MIB, says_so=True))

    with pytest.raises(TooLarge, match="1073741824 bytes"):
        make_client().get(url)


def test_a_gzip_bomb_is_unpacked_up_to_the_limit(service, make_client):
    bomb = gzip_of(bytes(64 * MIB))
    url = service.at("/", replies(content=bomb, Content_Encoding="gzip"))

    assert len(bomb) < MIB // 8
    with pytest.raises(TooLarge):
        make_client(max_bytes=MIB).get(url)


def test_a_packed_body_that_unpacks_to_nothing_is_read_up_to_the_limit(service, make_client):
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * (2 * MIB) + b"\0" + gzip_of(b"here")[10:]
    url = service.at("/", unannounced(named, Content_Encoding="gzip"))

    with pytest.raises(TooLarge):
        make_client(max_bytes=MIB).get(url)


def test_a_body_of_exactly_the_limit_arrives_packed_and_plain(service, make_client):
    plain = service.at("/plain", replies(content=bytes(MIB)))
    packed = service.at("/packed", replies(content=gzip_of(bytes(MIB)), Content_Encoding="gzip"))
    client = make_client(max_bytes=MIB)

    assert len(client.get(plain).content) == len(client.get(packed).content) == MIB


@pytest.mark.parametrize(
    ("content", "coding"),
    [
        (b"not gzip", "gzip"),
        (gzip_of(b"here")[:-4], "gzip"),
        (gzip_of(b"here") + b"more", "gzip"),
        (b"here", "br"),
        (gzip_of(gzip_of(b"here")), "gzip, gzip"),
    ],
    ids=["no gzip", "cut short", "more after the end", "br", "packed twice"],
)
def test_a_body_that_is_not_what_it_says_is_refused(service, make_client, content, coding):
    url = service.at("/", replies(content=content, Content_Encoding=coding))

    with pytest.raises(Unreadable):
        make_client().get(url)


def test_a_head_of_a_packed_page_has_no_body(service, make_client):
    url = service.at("/", replies(content=gzip_of(b"here"), Content_Encoding="gzip"))

    assert make_client().call("HEAD", url).content == b""


def test_json_that_is_none_is_unreadable(service, make_client):
    answer = make_client().get(service.at("/", replies(content=b"<html>")))

    with pytest.raises(Unreadable, match=r"127\.0\.0\.1 sent no such JSON"):
        answer.json(dict)


def test_a_host_that_nobody_serves_is_unreachable(service, make_client, pauses):
    url = service.at("/", replies())
    service.__exit__(None, None, None)

    with pytest.raises(Unreachable):
        make_client().get(url)

    assert len(pauses) == 2


def test_redirects_end_somewhere(service, make_client):
    url = service.at("/", replies(302, Location="/"))

    with pytest.raises(TooManyRedirects):
        make_client(redirects=3).get(url)

    assert len(service.asked) == 4


def test_a_redirect_of_a_post_is_the_answer(service, make_client):
    url = service.at("/", replies(307, Location="/elsewhere"))

    assert make_client().call("POST", url).status == 307
    assert len(service.asked) == 1


def test_no_error_tells_the_query(service, make_client):
    url = service.at("/", replies(500))

    with pytest.raises(ServiceFailed) as caught:
        make_client().get(url, params={"key": "s3cret"})

    assert service.asked[0].path == "/?key=s3cret"
    assert "s3cret" not in str(caught.value)


def test_a_second_call_uses_the_connection_of_the_first(service, make_client):
    url, client = service.at("/", replies()), make_client()

    client.get(url)
    client.get(url)

    assert service.connections == 1


class Circuit:
    """A client that opens after 3 failures for 30 s, and a clock that can be turned."""

    def __init__(self, make_client: Callable[..., Client]) -> None:
        self.skipped_s = 0.0
        self.client = make_client(
            clock=lambda: monotonic() + self.skipped_s, failures=3, open_s=30.0, attempts=1
        )

    def fail(self, url: str, times: int) -> None:
        for _ in range(times):
            with pytest.raises(ServiceFailed):
                self.client.get(url)


@pytest.fixture
def circuit(make_client: Callable[..., Client]) -> Circuit:
    return Circuit(make_client)


def test_after_3_failures_nothing_is_sent(service, circuit):
    url = service.at("/", replies(500))
    circuit.fail(url, 3)

    with pytest.raises(CircuitOpen) as caught:
        circuit.client.get(url)

    assert len(service.asked) == 3
    assert 29 < caught.value.retry_after_s <= 30


def test_a_success_between_failures_counts_from_zero(service, circuit):
    url = service.at("/", replies(500), replies(500), replies(), replies(500))

    circuit.fail(url, 2)
    circuit.client.get(url)
    circuit.fail(url, 3)

    assert len(service.asked) == 6


def test_after_30_s_one_call_tries_and_closes_the_circuit(service, circuit):
    url = service.at("/", replies(500), replies(500), replies(500), replies())
    circuit.fail(url, 3)
    circuit.skipped_s = 31

    assert circuit.client.get(url).status == circuit.client.get(url).status == 200
    assert len(service.asked) == 5


def test_a_trial_that_fails_opens_the_circuit_for_another_30_s(service, circuit):
    url = service.at("/", replies(500))
    circuit.fail(url, 3)
    circuit.skipped_s = 31

    circuit.fail(url, 1)

    with pytest.raises(CircuitOpen):
        circuit.client.get(url)
    circuit.skipped_s = 62
    circuit.fail(url, 1)
    assert len(service.asked) == 5


def test_while_one_tries_another_is_refused(service, circuit):
    url, place = service.at("/", replies(500)), f"127.0.0.1:{service.port}"
    circuit.fail(url, 3)
    circuit.skipped_s = 31

    circuit.client.breaker.enter(place)
    with pytest.raises(CircuitOpen):
        circuit.client.get(url)
    circuit.client.breaker.gave_up(place)
    circuit.fail(url, 1)

    assert len(service.asked) == 4


def test_429_and_what_is_too_large_are_no_failures(service, circuit):
    refuses, much = service.at("/no", replies(429)), service.at("/much", floods(4 * MIB))

    circuit.fail(refuses, 5)
    for _ in range(5):
        with pytest.raises(TooLarge):
            circuit.client.get(much)

    assert len(service.asked) == 10


def test_another_host_is_not_concerned(service, circuit):
    url, client = service.at("/", replies(500)), circuit.client
    with Service() as other:
        client.rules = replace(client.rules, hosts=client.rules.hosts | {f"127.0.0.1:{other.port}"})
        circuit.fail(url, 3)

        assert client.get(other.at("/", replies())).status == 200
