"""Step 5: a bump lets go of all that depends on a topic, when the change is there to be seen."""

from concurrent.futures import ThreadPoolExecutor

from caching_checks.targets import Playground, Source
from nexus.labs.checking import check
from nexus.labs.site import Answer

NOTICE = {"notice": True}


def notice(site: Playground, topic: str) -> Source:
    """Return a source that reads the notice, which says "old" and was read."""
    site.write("old", topic)
    source = site.source(NOTICE)
    source.expect("old", topics=(topic,))
    return source


@check("A bump lets go of every answer that depends on the topic, and of no other.")
def a_bump_lets_go_of_what_depends_on_it(site: Playground) -> None:
    topic, other = site.topic(), site.topic()
    ours, theirs = notice(site, topic), notice(site, other)
    for text in ("new", "newer"):
        site.write(text, topic)
        answer = ours.expect(text, topics=(topic,))
        ours.expect(text, topics=(topic,))
    ours.expect_asked(3, answer)
    theirs.expect_asked(1, theirs.ask(topics=(other,)))


@check(
    "A bump comes with the commit: no reader keeps the old state as the new before it; a rollback takes it back."
)
def a_bump_comes_with_the_commit(site: Playground) -> None:
    topic = site.topic()
    source = notice(site, topic)
    site.write("new", topic, then="wait")
    source.expect("old", topics=(topic,))
    site.commit()
    source.expect("new", topics=(topic,))
    site.write("newest", topic, then="rollback")
    source.expect_asked(2, source.expect("new", topics=(topic,)))


@check("What a reader makes of the old state, while a writer commits the new one, is never given as new.")
def what_was_made_of_the_old_state_is_not_the_new(site: Playground) -> None:
    topic = site.topic()
    site.write("old", topic)
    source = site.source(NOTICE)
    source.set(held=[1])
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(source.ask, topics=(topic,))
        source.wait_until_asked(1, [reader])  # it has read, and is held before it keeps what it has read
        site.write("new", topic)
        source.set(held=[])
        first: Answer = reader.result()
    first.expect_status(200)
    source.expect("new", topics=(topic,))


@check("When the cache throws a topic's number away, answers are lost, and none comes back.")
def what_the_cache_forgot_does_not_come_back(site: Playground) -> None:
    topic = site.topic()
    source = site.source("old")
    source.expect("old", topics=(topic,))
    source.set(says="new")
    site.write("new", topic)
    source.expect("new", topics=(topic,))
    site.send("DELETE", f"/stage/topics/{topic}/").expect_status(200)
    source.expect("new", topics=(topic,))
