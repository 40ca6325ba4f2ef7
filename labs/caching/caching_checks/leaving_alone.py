"""Step 8: a cache that hangs is asked three times, and then left alone for a second."""

from caching_checks.targets import Playground
from nexus.labs.checking import check

READERS = 12


@check(
    "A cache that hangs costs three waits: after that 12 readers are answered from the source without asking it."
)
def a_cache_that_hangs_is_left_alone(site: Playground) -> None:
    source = site.source()
    source.expect("first")
    before = int(site.post("/stage/cache/", state="held").json_object()["asked"])
    try:
        for _ in range(READERS):
            answer = source.expect("first")
        asked = int(site.post("/stage/cache/", state="held").json_object()["asked"]) - before
    finally:
        site.post("/stage/cache/", state="usual")
    answer.expect(asked <= 4, "the cache asked 3×", f"asked {asked}×")
    source.expect_asked(1 + READERS, answer)


@check("After the pause one tries again; once that went well, the cache answers everybody.")
def a_cache_that_is_back_is_found(site: Playground) -> None:
    source = site.source()
    source.expect("first")
    site.post("/stage/cache/", state="held")
    try:
        for _ in range(4):
            source.ask()
    finally:
        site.post("/stage/cache/", state="open")
    try:
        site.later(2)
        answer = source.expect("first")
        before = source.asked()
        for _ in range(3):
            answer = source.expect("first")
        source.expect_asked(before, answer)
    finally:
        site.later(0)
        site.post("/stage/cache/", state="usual")
