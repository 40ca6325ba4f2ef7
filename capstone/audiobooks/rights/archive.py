"""A copy of one's data: a ZIP with a file of JSON for each table, and ``about.json``, which says what each is."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F

from audiobooks.personal_data import Held, Person
from audiobooks.rights.holdings import columns_of

ROWS_AT_ONCE = 1000
README = """This is a copy of what Nexus Audiobooks holds of {username}, made at {made_at:%Y-%m-%d %H:%M} UTC.

Each file is a table: a JSON array with an object for each row. about.json says what each table is, how many rows it has,
which columns are left out and why, and which tables are not here and why. Times that end in _ms are milliseconds; all
others are UTC.
"""


def archive_write(
    file: IO[bytes], held: Iterable[Held], person: Person, *, made_at: datetime, tell: Callable[[float], None]
) -> None:
    """
    Write a person's archive into an open file, one row after the other: 1,000 are in memory at most.

    ``tell`` is called with the share of tables that are done, from 0 to 1.
    """
    tables = list(held)
    told: list[dict[str, object]] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for number, one in enumerate(tables):
            tell(number / len(tables))
            if one.not_exported:
                told.append({"table": one.name, "about": one.about, "not_here": one.not_exported})
                continue
            name = f"{one.name}.json"
            with archive.open(name, "w", force_zip64=True) as entry:
                count = rows_write(entry, rows_of(one, person))
            told.append(
                {
                    "file": name,
                    "about": one.about,
                    "rows": count,
                    **({"left_out": dict(one.withheld)} if one.withheld else {}),
                }
            )
        archive.writestr(
            "about.json", json.dumps({"made_at": made_at.isoformat(), "tables": told}, indent=2) + "\n"
        )
        archive.writestr("README.txt", README.format(username=person.username, made_at=made_at))


def rows_of(one: Held, person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's rows of a table, in the order of their keys. 1 query, read through a cursor of the server."""
    columns = [field.attname for field in columns_of(one.model) if field.attname not in one.withheld]
    named = {name: F(path) for name, path in one.also.items()}
    rows: Iterator[dict[str, Any]] = (
        one.of(person).order_by("pk").values(*columns, **named).iterator(chunk_size=ROWS_AT_ONCE)
    )
    return rows


def rows_write(entry: IO[bytes], rows: Iterable[dict[str, Any]]) -> int:
    """Write rows as one JSON array, a row to a line; return how many."""
    count = 0
    entry.write(b"[")
    for count, row in enumerate(rows, 1):
        text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
        entry.write(f"{',' if count > 1 else ''}\n{text}".encode())
    entry.write(b"\n]\n")
    return count
