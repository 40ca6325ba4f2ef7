"""Step 1: two questions have two keys."""

from caching_checks.targets import Playground
from nexus.labs.checking import check

APART = [
    ["a", "bc"],
    ["ab", "c"],
    ["abc"],
    ["a:bc"],
    ["a,bc"],
    [["a", "bc"]],
    [1],
    ["1"],
    [True],
    [None],
    ["None"],
    [],
]


@check("Questions that differ in a part, its type, or where it ends, have different keys; the same has one.")
def two_questions_have_two_keys(site: Playground) -> None:
    answer = site.post("/stage/keys/", questions=[["shelf", parts] for parts in [*APART, APART[0]]])
    keys = answer.json_object()["keys"]
    for number, key in enumerate(keys[:-1]):
        equal = [APART[other] for other in range(number) if keys[other] == key]
        answer.expect(not equal, f"a key of its own for {APART[number]}", f"that of {equal[:1]}")
    answer.expect(keys[-1] == keys[0], f"one key for {APART[0]}, asked twice", "two")


@check(
    "A key has at most 100 printable ASCII characters and no blank, whatever the parts hold: Memcached takes no others."
)
def a_key_fits_every_cache(site: Playground) -> None:
    parts = [["x" * 500], ["two words"], ["line\nbreak"], ["Grüße"]]
    answer = site.post("/stage/keys/", questions=[["shelf", part] for part in parts])
    for part, key in zip(parts, answer.json_object()["keys"], strict=True):
        is_plain = len(key) <= 100 and all("!" <= letter <= "~" for letter in key)
        answer.expect(is_plain, f"a plain key for {part[0][:10]!r}", f"{key[:40]!r}, {len(key)} characters")
