"""Answers that are kept: fresh ones, ones that are asked about, and stale ones where the service fails."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from caching_checks.service import Service, floods, hangs, replies
from lab_caching.outbound import AddressRefused, Client, DeadlineExceeded, Rules, ServiceFailed, TooLarge


class Kept(dict):
    """A store in this process, which also notes for how long."""

    def set(self, key: str, content: bytes, seconds: float) -> None:
        self[key] = content
        self.seconds = seconds


class Setting:
    """A client with a store, and a clock on the wall that can be turned."""

    def __init__(self, service: Service) -> None:
        self.store, self.passed_s = Kept(), 0.0
        rules = Rules(
            hosts=frozenset({f"127.0.0.1:{service.port}"}),
            schemes=frozenset({"http"}),
            networks=(ip_network("127.0.0.1/32"),),
            attempts=1,
            attempt_s=0.3,
        )
        self.client = Client(rules, store=self.store, now=lambda: 1_000_000 + self.passed_s)
        self.get = self.client.get


@pytest.fixture
def setting(service: Service) -> Iterator[Setting]:
    setting = Setting(service)
    with setting.client:
        yield setting


def test_a_fresh_answer_is_not_asked_for(service, setting):
    url = service.at("/", replies(content=b"one", Cache_Control="max-age=60"), replies(content=b"two"))

    first, second = setting.get(url), setting.get(url)
    setting.passed_s = 61
    third = setting.get(url)

    seen = [(answer.content, answer.source) for answer in (first, second, third)]
    assert seen == [(b"one", "network"), (b"one", "cache"), (b"two", "network")]
    assert len(service.asked) == 2


def test_what_spent_50_s_on_the_way_is_fresh_for_10_of_60(service, setting):
    url = service.at("/", replies(Cache_Control="max-age=60", Age=50))

    setting.get(url)
    setting.passed_s = 9
    setting.get(url)
    setting.passed_s = 11
    setting.get(url)

    assert len(service.asked) == 2


def test_an_unchanged_answer_comes_without_its_body_and_is_fresh_again(service, setting):
    url = service.at("/", replies(content=b"one", ETag='"1"', Cache_Control="max-age=60"))

    setting.get(url)
    setting.passed_s = 61
    again = setting.get(url)
    setting.passed_s = 120
    fresh = setting.get(url)

    assert (again.status, again.content, again.source) == (200, b"one", "revalidated")
    assert service.sent_bytes == len(b"one")
    assert service.asked[1].headers["if-none-match"] == '"1"'
    assert (fresh.source, len(service.asked)) == ("cache", 2)


def test_a_changed_etag_brings_the_new_answer(service, setting):
    url = service.at("/", replies(content=b"one", ETag='"1"'), replies(content=b"two", ETag='"2"'))

    setting.get(url)
    second, third = setting.get(url), setting.get(url)

    assert (second.content, second.source) == (b"two", "network")
    assert service.asked[2].headers["if-none-match"] == '"2"'
    assert third.source == "revalidated"


def test_a_date_is_asked_about_where_there_is_no_tag(service, setting):
    url = service.at("/", replies(Last_Modified="Wed, 25 Nov 2026 08:00:00 GMT"))

    setting.get(url)
    setting.get(url)

    assert service.asked[1].headers["if-modified-since"] == "Wed, 25 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize("trouble", [replies(500), hangs], ids=["500", "hangs"])
def test_a_stale_answer_stands_in_for_a_service_that_fails_as_long_as_it_may(service, setting, trouble):
    policy = "max-age=10, stale-if-error=100"
    url = service.at("/", replies(content=b"one", Cache_Control=policy), trouble)
    setting.get(url)

    setting.passed_s = 109
    answer = setting.get(url)
    assert (answer.content, answer.source) == (b"one", "stale")

    setting.passed_s = 111
    with pytest.raises((ServiceFailed, DeadlineExceeded)):
        setting.get(url)


def test_a_stale_answer_stands_in_while_the_circuit_is_open(service, setting):
    url = service.at("/", replies(content=b"one", Cache_Control="stale-if-error=100"), replies(500))
    setting.get(url)

    seen = [setting.get(url).source for _ in range(7)]

    assert seen == ["stale"] * 7
    assert len(service.asked) == 6  # once in order, five failures


@pytest.mark.parametrize(
    ("trouble", "error"),
    [(floods(4 << 20), TooLarge), (replies(302, Location="http://10.0.0.1/"), AddressRefused)],
    ids=["too large", "a private address"],
)
def test_no_stale_answer_hides_a_service_that_misbehaves(service, setting, trouble, error):
    url = service.at("/", replies(Cache_Control="stale-if-error=100"), trouble)
    setting.get(url)

    with pytest.raises(error):
        setting.get(url)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache_Control": "no-store, max-age=60"},
        {"Cache_Control": "max-age=60", "Vary": "*"},
        {"Cache_Control": "max-age=60", "status": 403},
        {"Cache_Control": "max-age=sixty"},
        {},
    ],
)
def test_what_may_not_be_kept_is_not(service, setting, headers):
    url = service.at("/", replies(**headers))

    setting.get(url)

    assert setting.store == {}


def test_no_cache_is_kept_and_asked_about_each_time(service, setting):
    url = service.at("/", replies(content=b"one", ETag='"1"', Cache_Control="no-cache, max-age=60"))

    setting.get(url)

    assert setting.get(url).source == "revalidated"


def test_must_revalidate_forbids_a_stale_answer(service, setting):
    policy = "max-age=10, must-revalidate, stale-if-error=100"
    url = service.at("/", replies(ETag='"1"', Cache_Control=policy), replies(500))
    setting.get(url)
    setting.passed_s = 11

    with pytest.raises(ServiceFailed):
        setting.get(url)


def test_another_header_is_another_answer(service, setting):
    url = service.at("/", replies(Cache_Control="max-age=60"))

    for language in ("en", "fr", "en"):
        setting.get(url, headers={"Accept-Language": language})
    setting.get(url, headers={"Accept-Language": "en", "Authorization": "Bearer ada"})

    assert len(service.asked) == 3


def test_a_key_shows_nothing_of_the_request(service, setting):
    setting.get(service.at("/", replies(Cache_Control="max-age=60")), params={"key": "s3cret"})

    assert [len(key) for key in setting.store] == [64]
    assert all("s3cret" not in key for key in setting.store)


def test_what_another_version_kept_is_as_good_as_nothing(service, setting):
    url = service.at("/", replies(content=b"one", Cache_Control="max-age=60"))
    setting.get(url)
    setting.store.update(dict.fromkeys(setting.store, b"\x81\xa1x\x01"))

    assert setting.get(url).source == "network"


def test_an_answer_is_kept_as_long_as_it_is_of_use_and_no_longer(service, setting):
    url = service.at("/", replies(Cache_Control="max-age=10, stale-if-error=100"))

    setting.get(url)

    assert setting.store.seconds == 110
