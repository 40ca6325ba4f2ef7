"""A host that fails is left alone for a while, and tried again."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import pytest

from caching_checks.service import Service, floods, replies
from lab_caching.outbound import CircuitOpen, Client, ServiceFailed, TooLarge

MIB = 1024 * 1024


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
