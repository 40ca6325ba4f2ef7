"""While the cache is away the source answers, nobody is told of an error, and nobody waits for long."""

import os

import pytest

from caching_playground.proxy import Proxy
from lab_caching import Policy, bump, metrics, remember, topics
from lab_caching.breaker import Breaker, current_store
from lab_caching.stores import CacheAway, store_at

PLAIN = Policy(jitter=0, early=0)


@pytest.fixture
def proxy(settings):
    """A way to the cache that can be cut."""
    way = Proxy(os.environ["REDIS_URL"])
    settings.LAB_CACHING = {**settings.LAB_CACHING, "URL": way.url, "TIMEOUT_S": 0.2}
    yield way
    way.cut()


def test_the_first_level_spares_the_source_while_the_second_is_away(proxy, source):
    proxy.cut()

    for _ in range(5):
        assert remember("shelf", compute=source, topics=["books"], policy=Policy(local_s=30)) == "first"
    assert source.asked == 1


def close_breaker():
    current_store().breaker.open_until = 0


def ask(source):
    return remember("shelf", compute=source, topics=["books"], policy=PLAIN)


@pytest.mark.parametrize("fault", ["cut", "hold_up"])
def test_the_source_answers_every_time_and_the_cache_is_asked_three_times(
    proxy, source, fault, monkeypatch, caplog
):
    ask(source)
    getattr(proxy, fault)()
    store, tried = current_store().store, []
    get_many = store.get_many
    monkeypatch.setattr(store, "get_many", lambda keys: tried.append(keys) or get_many(keys))

    assert [ask(source) for _ in range(20)] == ["first"] * 20
    assert (source.asked, len(tried)) == (21, 3)
    assert metrics.read()["shelf"].away == 20
    assert caplog.text.count("The cache is away") == 1


def test_a_cache_that_is_back_is_found_after_the_pause(proxy, source):
    ask(source)
    proxy.cut()
    for _ in range(5):
        ask(source)
    proxy.mend()
    ask(source)
    close_breaker()  # the pause is over
    asked = source.asked

    assert [ask(source) for _ in range(3)] == ["first"] * 3
    assert source.asked == asked


def test_a_cache_that_goes_while_the_source_computes_costs_no_second_computation(proxy, source):
    def compute():
        proxy.cut()
        return source()

    assert ask(compute) == "first"
    assert source.asked == 1


@pytest.mark.django_db(transaction=True)
def test_a_bump_while_the_cache_is_away_is_no_error_and_made_up_for_before_the_next_read(proxy, source):
    ask(source)
    proxy.cut()
    bump("books")
    source.says = "second"
    proxy.mend()
    close_breaker()

    assert topics.owed == {"books"}
    assert ask(source) == "second"
    assert topics.owed == set()


def test_a_dropped_connection_is_made_again_at_once(proxy, source):
    ask(source)
    proxy.cut()
    proxy.mend()

    assert ask(source) == "first"
    assert source.asked == 1


def test_a_breaker_opens_at_the_third_failure_and_lets_one_try_after_each_pause():
    time, calls = [0.0], []
    breaker = Breaker(most=3, pause_s=10, clock=lambda: time[0])

    def fail():
        calls.append(time[0])
        raise CacheAway

    for time[0] in (0, 0, 0, 0, 9, 10, 10, 19, 20):
        with pytest.raises(CacheAway):
            breaker.call(fail)
    assert calls == [0, 0, 0, 10, 20]
    time[0] = 30
    assert breaker.call(lambda: "back") == "back"
    with pytest.raises(CacheAway):
        breaker.call(fail)
    assert breaker.call(lambda: "one failure is none") == "one failure is none"


def test_an_error_of_the_source_is_not_taken_for_the_cache_s(source):
    source.fails = OSError("the source's own")
    with pytest.raises(OSError, match="own"):
        ask(source)

    assert source.asked == 1
    assert current_store().breaker.failures == 0


@pytest.mark.memcached
def test_a_memcached_that_is_away_is_away_too(settings, source):
    settings.LAB_CACHING = {"URL": "memcached://127.0.0.1:1", "PREFIX": "t:", "TIMEOUT_S": 0.2}

    assert [ask(source) for _ in range(4)] == ["first"] * 4
    assert metrics.read()["shelf"].away == 4


def test_an_address_of_no_known_kind_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"redis://…, .*memcached://…; 'http' is none"):
        store_at("http://127.0.0.1", "", 1)
