"""A team over four zones: when all are at work, and what becomes of a meeting that was written down in two ways."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import stage

TEAM = {"Ada": "Africa/Nairobi", "Bo": "Africa/Lagos", "Cy": "Europe/Paris", "Di": "America/New_York"}
WORK = range(9, 17)  # 9:00 to 17:00 by one's own clock
DAYS = {"January": datetime(2025, 1, 15, tzinfo=UTC), "July": datetime(2025, 7, 15, tzinfo=UTC)}
YEAR = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(365)]


# --8<-- [start:together]
def hours_together(day: datetime, names: list[str]) -> int:
    """Return how many hours of a day all of them are at work."""
    hours = [day + timedelta(hours=hour) for hour in range(24)]
    return sum(all(hour.astimezone(ZoneInfo(TEAM[name])).hour in WORK for name in names) for hour in hours)


# --8<-- [end:together]


# --8<-- [start:meetings]
def as_instant(day: datetime) -> datetime:
    """What a calendar has that stored 13:00 UTC: 9:00 in New York on the day in July on which somebody typed it."""
    return datetime.combine(day, time(13), UTC)


def as_wall_clock(day: datetime) -> datetime:
    """What a calendar has that stored "9:00 in New York", and computes the instant for each day."""
    return datetime.combine(day, time(9), ZoneInfo(TEAM["Di"]))


# --8<-- [end:meetings]


def days_not_at(hour: int, meeting, zone: str) -> int:
    """Return on how many days of a year the meeting is at another hour than this, in a zone."""
    return sum(meeting(day).astimezone(ZoneInfo(zone)).hour != hour for day in YEAR)


def hours_of(meeting, zone: str) -> int:
    """Return at how many different hours the meeting is in a year, in a zone."""
    return len(Counter(meeting(day).astimezone(ZoneInfo(zone)).hour for day in YEAR))


def main() -> None:
    """Print both tables."""
    groups = {"Nairobi, Lagos, Paris": ["Ada", "Bo", "Cy"], "and New York": [*TEAM]}
    stage.table(
        ["hours of a day at work together", *DAYS],
        [(group, *(hours_together(day, names) for day in DAYS.values())) for group, names in groups.items()],
    )
    ways = {"as 13:00 UTC": as_instant, "as 9:00 in New York": as_wall_clock}
    stage.table(
        ["a daily meeting, written down", *ways],
        [
            (
                "days of 2025 on which New York is not at 9:00",
                *(days_not_at(9, way, TEAM["Di"]) for way in ways.values()),
            ),
            ("different hours in Paris", *(hours_of(way, TEAM["Cy"]) for way in ways.values())),
            ("different hours in Nairobi", *(hours_of(way, TEAM["Ada"]) for way in ways.values())),
        ],
    )


main()
