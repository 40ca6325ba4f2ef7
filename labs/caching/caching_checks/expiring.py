"""Step 2: what is made together does not end together, and one caller comes before the end."""

import math

from caching_checks.targets import Playground
from nexus.labs.checking import check


@check("With a jitter of 0.2, 100 s become 80 to 100 s, as chance wants it.")
def what_is_made_together_ends_apart(site: Playground) -> None:
    answer = site.post("/stage/lifetimes/", ttl_s=100, jitter=0.2, chances=[0, 0.5, 1])
    found = answer.json_object()["lifetimes"]
    answer.expect(found == [100, 90, 80], "100, 90, 80 s where chance is 0, 0.5, 1", found)


@check("Who comes early is decided by compute_s · early · -ln(chance), against the time that is left.")
def the_longer_it_takes_the_earlier_one_begins(site: Playground) -> None:
    chance = math.exp(-2)  # -ln is 2
    cases = [
        [10, 4, 1, chance],
        [10, 6, 1, chance],
        [10, 6, 0.5, chance],
        [1, 0.1, 1, chance],
        [1000, 0.1, 1, 0.5],
    ]
    wanted = [False, True, False, False, False]
    answer = site.post("/stage/due/", cases=cases)
    found = answer.json_object()["due"]
    answer.expect(found == wanted, f"{wanted}", found)
