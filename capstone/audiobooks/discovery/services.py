"""Documents that triggers could not write."""

from uuid import UUID

from django.db import connection, transaction

KINDS = ("audiobook", "person", "series")
AT_ONCE = 500  # in one transaction


# --8<-- [start:later]
def documents_later() -> None:
    """
    Write no documents in this transaction, 1 query: it loads a catalogue, and ``documents_rebuild`` comes after it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search.later', 'on', true)")


# --8<-- [end:later]


def documents_rebuild() -> int:
    """
    Write each document that is missing or not as it should be, in transactions of at most 500; return how many there were.

    There should be none, but after a catalogue was loaded, or a genre got another name. Safe beside anything.
    """
    return sum(_rebuilt(kind) for kind in KINDS)


def _rebuilt(kind: str) -> int:
    written, last = 0, UUID(int=0)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT array_agg(id ORDER BY id) FROM (SELECT id FROM catalog_{kind} WHERE id > %s ORDER BY id LIMIT %s) t",  # noqa: S608 -- one of three
                [last, AT_ONCE],
            )
            (ids,) = cursor.fetchone()
            if not ids:
                return written
            cursor.execute(f"SELECT {kind}_documents_write(%s::uuid[])", [ids])
            written += cursor.fetchone()[0]
            last = ids[-1]
