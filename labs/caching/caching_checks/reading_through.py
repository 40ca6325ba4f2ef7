"""Step 3: asked once, kept for a while; and what is no answer is not kept."""

from caching_checks.targets import Playground
from nexus.labs.checking import check


@check("What was answered is answered again without asking the source; after its time the source is asked.")
def what_is_kept_is_not_asked_for_again(site: Playground) -> None:
    values: list[object] = ["first", 0, "", []]
    for value in values:
        source = site.source(value)
        for _ in range(2):
            answer = source.expect(value)
        source.expect_asked(1, answer)
    try:
        site.later(61)
        source.set(says="second")
        source.expect("second")
    finally:
        site.later(0)


@check("An error is no answer: it is not kept, and whoever asks next asks the source.")
def an_error_is_not_kept(site: Playground) -> None:
    source = site.source()
    source.set(fails=True)
    source.ask().expect_status(503)
    source.set(fails=False)
    source.expect("first")


@check(
    "None is an answer: kept, but for negative_s alone, since what is not there today may be there tomorrow."
)
def none_is_kept_for_a_shorter_time(site: Playground) -> None:
    source = site.source(None)
    for _ in range(2):
        answer = source.expect(None, negative_s=5)
    source.expect_asked(1, answer)
    source.set(says="there")
    try:
        site.later(6)
        source.expect("there", negative_s=5)
    finally:
        site.later(0)


@check("While the source fails, the last answer is given for stale_s after its time.")
def a_last_answer_is_better_than_an_error(site: Playground) -> None:
    source = site.source()
    source.expect("first", stale_s=600)
    source.set(fails=True)
    try:
        site.later(61)
        source.expect("first", stale_s=600)
    finally:
        site.later(0)


@check(
    "A last answer is not taken for a new one: the source is asked again each time, and believed once it is back."
)
def a_source_that_is_back_is_believed_at_once(site: Playground) -> None:
    source = site.source()
    source.expect("first", stale_s=600)
    source.set(fails=True)
    try:
        site.later(61)
        source.ask(stale_s=600)
        source.set(fails=False, says="second")
        source.expect("second", stale_s=600)
    finally:
        site.later(0)
