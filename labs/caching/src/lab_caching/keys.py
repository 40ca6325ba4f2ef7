"""Keys: built here alone, so that what is written and what is looked up have one name."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

Part = str | int | bool | float | bytes | None
NAME = re.compile(r"[a-z][a-z0-9._-]{0,59}")
TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}")


def key_of(name: str, parts: Sequence[object], generations: Sequence[tuple[str, bytes]] = ()) -> str:
    """
    Return the key of an answer: at most 100 characters that every cache takes, whatever the parts hold.

    Two calls that differ in the name, in a part, in a part's type (``1``, ``"1"``, ``True``), in where one part ends and
    the next begins, or in a topic's generation have two keys. A part is text, bytes, a number, ``None`` or a list of
    them; what one writes as text itself (a UUID, a date) is taken as such. Raises ``ValueError`` for a name that is not
    of up to 60 of ``a-z0-9._-``, ``TypeError`` for a part of another type.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"a name is a letter and up to 59 of a-z 0-9 . _ -, not {name!r}")
    # --8<-- [start:key]
    told_apart = msgspec.msgpack.encode([list(parts), list(generations)])
    return f"{name}:{blake2b(told_apart, digest_size=16).hexdigest()}"
    # --8<-- [end:key]


def topic_key(topic: str) -> str:
    """Return the key of a topic's generation. Raises ``ValueError`` for a name that is not of ``A-Za-z0-9._:-``."""
    if not TOPIC.fullmatch(topic):
        raise ValueError(f"a topic is up to 120 of A-Z a-z 0-9 . _ : -, not {topic!r}")
    return f"topic:{topic}"
