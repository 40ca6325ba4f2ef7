"""What a caller sees of a service that is slow, that fails, or that sends too much. The service is real."""

import pytest

from caching_checks.service import drips, floods, gzip_of, hangs, replies, unannounced
from lab_caching.outbound import (
    DeadlineExceeded,
    ServiceFailed,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    Unreadable,
)

MIB = 1024 * 1024


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
