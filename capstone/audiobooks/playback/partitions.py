"""
The months of the events' table: made ahead, dropped when they are old.

A month that nobody made ahead loses nothing: its events lie in the default partition, and move when it is made.
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

TABLE = "playback_positionevent"
AHEAD = 3  # months after this one
KEPT_DAYS = 400


def month_of(day: date, offset: int = 0) -> date:
    """Return the first day of a month, so many months on."""
    months = day.year * 12 + day.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def name_of(month: date) -> str:
    """Return what a month's partition is called."""
    return f"{TABLE}_{month:%Y_%m}"


def partitions() -> list[date]:
    """Return the months that have a partition, in order. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
               WHERE inhparent = %s::regclass AND child.relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY 1""",
            [TABLE],
        )
        return [
            datetime.strptime(name[-7:], "%Y_%m").replace(tzinfo=UTC).date() for (name,) in cursor.fetchall()
        ]


# --8<-- [start:make]
def partitions_make(*, now: datetime) -> list[date]:
    """Make the partitions of the month before ``now``, of this one and of those ahead; return the new ones."""
    wanted = [month_of(now.date(), offset) for offset in range(-1, AHEAD + 1)]
    new = sorted(set(wanted) - set(partitions()))
    for month in new:
        _make(month)
    return new


def partitions_drop(*, now: datetime) -> list[date]:
    """Drop the months that ended more than ``KEPT_DAYS`` ago: no row is deleted one by one. Return them."""
    oldest = now.date() - timedelta(days=KEPT_DAYS)
    old = [month for month in partitions() if month_of(month, 1) <= oldest]
    with connection.cursor() as cursor:
        for month in old:
            cursor.execute(f"DROP TABLE {name_of(month)}")
    return old


# --8<-- [end:make]


def _make(month: date) -> None:
    """Make one month's partition, with what the default one holds of it."""
    name, start, end = name_of(month), month.isoformat(), month_of(month, 1).isoformat()
    bounds = f"effective_at >= '{start} 00:00+00' AND effective_at < '{end} 00:00+00'"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TABLE}_default IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL)")
        cursor.execute(
            f"WITH moved AS (DELETE FROM {TABLE}_default WHERE {bounds} RETURNING *) "  # noqa: S608 -- names of ours
            f"INSERT INTO {name} SELECT * FROM moved"
        )
        cursor.execute(
            f"ALTER TABLE {TABLE} ATTACH PARTITION {name} "
            f"FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00')"
        )
