"""What differs from run to run, told the same each time: each kind by a function of its own."""

import re
from collections.abc import Callable, Sequence

Change = Callable[[str], str]


def same_each_time(text: str, changes: Sequence[Change] = ()) -> str:
    """Return a text with ports, ids and times told the same, and with these changes too."""
    for change in (without_ports, without_ids, without_times, *changes):
        text = change(text)
    return text


def without_ports(text: str) -> str:
    """Put every address of this machine on the playground's usual port, and so each quoted host and port."""
    text = re.sub(r'(?<=")127\.0\.0\.1:\d+(?=")', "127.0.0.1:8010", text)
    return re.sub(r"http://127\.0\.0\.1:(?!8001)\d+", "http://127.0.0.1:8010", text)


def without_ids(text: str) -> str:
    """Shorten identifiers, digests and cursors that differ from run to run."""
    text = re.sub(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "<uuid>", text)
    text = re.sub(
        r'(?<=/)(?!9{9}/)\d{5,}(?=/)|(?<="id":)\d{5,}', "<id>", text
    )  # of rows that were made on the way
    text = re.sub(r"(?<=cursor=)[\w.%:=-]+", "<cursor>", text)
    return re.sub(r"\b[0-9a-f]{32}\b", "<digest>", text)


def without_times(text: str) -> str:
    """Leave out points in time of this year and later; those of the playground's readings stay."""
    text = re.sub(
        r"\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", "<time>", text
    )
    return re.sub(r"(?<=-)20\d{6}-\d{6}-\d{6}\b", "<time>", text)
