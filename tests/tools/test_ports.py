"""Which port `./nexus up` serves on."""

import socket
from collections.abc import Iterator

import pytest

from nexus import ports
from nexus.errors import NexusError
from nexus.processes import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of which the next one may be free or not, but this one is not."""
    with socket.create_server(("127.0.0.1", free_port())) as occupant:
        yield occupant.getsockname()[1]


def test_where_the_usual_port_is_taken_the_next_free_one_is_chosen(taken):
    chosen = ports.choose("--port", None, usual=taken, taken=())

    assert taken < chosen <= taken + 100
    assert [port for port in range(taken + 1, chosen) if ports.is_free(port)] == []


def test_a_port_given_to_another_of_our_addresses_is_passed_over(taken):
    first = ports.choose("--port", None, usual=taken, taken=())
    second = ports.choose("--hub-port", None, usual=taken, taken={first})

    assert second > first


def test_a_port_asked_for_is_given_or_refused_never_changed(taken):
    free = ports.choose("--port", None, usual=taken, taken=())

    assert ports.choose("--port", free, usual=8000, taken=()) == free
    with pytest.raises(NexusError, match=f"--port {taken}: that port is taken by process"):
        ports.choose("--port", taken, usual=8000, taken=())


def test_a_listener_on_every_address_takes_our_port_too():
    with socket.create_server(("0.0.0.0", 0)) as occupant:  # noqa: S104 -- the case in question
        assert not ports.is_free(occupant.getsockname()[1])


def test_a_free_port_is_none_that_a_system_gives_to_whoever_connects():
    assert max(free_port() for _ in range(200)) < 32_768  # Linux's first; macOS's is 49,152
