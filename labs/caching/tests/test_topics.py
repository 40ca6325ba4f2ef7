"""A bump lets go of all that depends on a topic: on commit, not before, and for ever."""

import threading

import pytest
from django.db import connection, transaction

from lab_caching import Policy, bump, metrics, remember
from lab_caching.breaker import current_store
from lab_caching.keys import topic_key

PLAIN = Policy(jitter=0, early=0)


def ask(source, *topics, policy=PLAIN):
    return remember("shelf", compute=source, topics=topics, policy=policy)


def elsewhere(work):
    """Do it in another thread, which has no transaction of ours."""
    results = []

    def run():
        try:
            results.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return results[0]


@pytest.mark.django_db(transaction=True)
def test_a_bump_of_any_of_its_topics_lets_go_of_an_answer(each_store, source):
    for topic, asked in ((None, 1), ("books", 2), ("authors", 3), ("shelves", 3)):
        if topic:
            bump(topic)
        for _ in range(2):
            ask(source, "books", "authors")
        assert source.asked == asked


def test_the_order_of_the_topics_and_one_named_twice_make_no_difference(source):
    ask(source, "books", "authors")
    ask(source, "authors", "books", "authors")

    assert source.asked == 1


@pytest.mark.django_db(transaction=True)
def test_a_bump_is_seen_when_the_transaction_commits_and_not_before(source):
    ask(source, "books")
    with transaction.atomic():
        bump("books")
        assert elsewhere(lambda: ask(source, "books")) == "first"
        assert source.asked == 1
    elsewhere(lambda: ask(source, "books"))

    assert source.asked == 2


@pytest.mark.django_db(transaction=True)
def test_a_writer_reads_its_own_write_and_shows_it_to_nobody_before_the_commit(source):
    ask(source, "books")
    with transaction.atomic():
        bump("books")
        source.says = "second"
        assert [ask(source, "books") for _ in range(2)] == ["second", "second"]
        assert elsewhere(lambda: ask(source, "books")) == "first"

    assert [ask(source, "books"), elsewhere(lambda: ask(source, "books"))] == ["second", "second"]
    assert metrics.read()["shelf"].own == 2


@pytest.mark.django_db(transaction=True)
def test_a_rollback_takes_the_bump_back_also_that_of_a_savepoint(source):
    ask(source, "books")
    with transaction.atomic():
        with transaction.atomic():
            bump("books")
            transaction.set_rollback(True)
        assert ask(source, "books") == "first"
        bump("books")
        transaction.set_rollback(True)

    ask(source, "books")
    assert source.asked == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_made_of_the_old_state_is_never_served_as_new(each_store):
    """A reader computes from the old state; the writer commits and bumps; then the reader keeps what it has made."""
    state = ["old"]

    def read_and_be_overtaken():
        seen = state[0]
        state[0] = "new"
        bump("books")
        return seen

    assert ask(read_and_be_overtaken, "books") == "old"
    assert ask(lambda: state[0], "books") == "new"


@pytest.mark.django_db(transaction=True)
def test_a_topic_whose_number_the_cache_has_thrown_away_brings_nothing_old_back(each_store):
    ask(lambda: "old", "books")
    for _ in range(3):
        bump("books")
        current_store().delete(topic_key("books"))
        assert ask(lambda: "new", "books") == "new"
        bump("books")
        assert ask(lambda: "newer", "books") == "newer"


def test_a_topic_s_first_generation_is_the_same_for_all_who_ask_at_once(each_store, at_once):
    from lab_caching.topics import generations  # noqa: PLC0415

    assert len({tuple(found) for found in at_once(20, lambda _: generations(["books"]))}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_bump_lets_go_of_the_first_level_too_and_of_what_is_being_made(source):
    policy = Policy(local_s=30)
    ask(source, "books", policy=policy)
    ask(source, "songs", policy=policy)

    def read_and_be_overtaken():
        bump("books")
        return "old"

    source.says = "new"
    bump("books")
    assert ask(read_and_be_overtaken, "books", policy=policy) == "old"
    assert ask(source, "books", policy=policy) == "new"


def test_another_process_answers_from_its_memory_for_local_s_at_most(source):
    """What another process bumped, this one hears of when its own memory is over."""
    from lab_caching.local import memory  # noqa: PLC0415

    policy, time = Policy(local_s=30), [0.0]
    memory.clock = lambda: time[0]
    try:
        ask(source, "books", policy=policy)
        current_store().set(topic_key("books"), b"theirs", 60)
        source.says = "new"
        answers = []
        for time[0] in (29, 30):
            answers.append(ask(source, "books", policy=policy))
        assert answers == ["first", "new"]
    finally:
        memory.clock = __import__("time").monotonic


@pytest.mark.django_db(transaction=True)
def test_bumps_are_counted_by_kind_of_topic():
    bump("books", "book:1")
    bump("book:2")

    assert metrics.read_bumps() == {"books": 1, "book": 2}


def test_a_wrong_topic_is_refused_where_it_is_bumped_and_where_it_is_read(source):
    for act in (lambda: bump("two words"), lambda: ask(source, "two words")):
        with pytest.raises(ValueError, match="a topic is"):
            act()
