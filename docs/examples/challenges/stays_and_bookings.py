"""Stays and bookings, as a case of modelling: what two guests can do to one flat, without and with an exclusion constraint."""

import os
from collections.abc import Callable

import psycopg
import stage

# --8<-- [start:tables]
TABLES = """
    CREATE SCHEMA stays;
    SET search_path = stays, public;
    CREATE TABLE person (id int PRIMARY KEY, email text NOT NULL UNIQUE);
    CREATE TABLE place (
        id int PRIMARY KEY,
        host_id int NOT NULL REFERENCES person,
        name text NOT NULL,
        night_pence int NOT NULL CHECK (night_pence > 0)
    );
    CREATE TABLE booking (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        place_id int NOT NULL REFERENCES place,
        guest_id int NOT NULL REFERENCES person,
        nights daterange NOT NULL CHECK (NOT isempty(nights) AND NOT lower_inf(nights) AND NOT upper_inf(nights)),
        status text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'confirmed', 'cancelled')),
        night_pence int NOT NULL  -- what was agreed, whatever the place costs later
    );
    CREATE TABLE payment (
        id int PRIMARY KEY,
        booking_id int NOT NULL REFERENCES booking,
        pence int NOT NULL CHECK (pence > 0),
        provider_key text NOT NULL UNIQUE  -- a repeated notice of the provider is the same payment
    );
    CREATE TABLE review (
        booking_id int PRIMARY KEY REFERENCES booking,  -- one for each stay, and by who stayed
        stars int NOT NULL CHECK (stars BETWEEN 1 AND 5),
        text text NOT NULL DEFAULT ''
    );
    INSERT INTO person VALUES (1, 'host@example.org'), (2, 'ada@example.org'), (3, 'bo@example.org');
    INSERT INTO place VALUES (1, 1, 'Flat by the sea', 9000);
"""
# --8<-- [end:tables]
# --8<-- [start:constraint]
NO_NIGHT_TWICE = """
    ALTER TABLE booking ADD CONSTRAINT no_night_twice
        EXCLUDE USING gist (place_id WITH =, nights WITH &&) WHERE (status <> 'cancelled')
"""
# --8<-- [end:constraint]
FREE = "SELECT count(*) = 0 FROM booking WHERE place_id = 1 AND nights && daterange(%s, %s) AND status <> 'cancelled'"
BOOK = "INSERT INTO booking (place_id, guest_id, nights, night_pence) VALUES (1, %s, daterange(%s, %s), 9000)"


def connected() -> psycopg.Connection:
    """Return a connection that sees the tables of this case first."""
    return psycopg.connect(os.environ["DATABASE_URL"], options="-c search_path=stays,public")


def tables(*, constrained: bool) -> None:
    """Make the tables anew."""
    with connected() as owner:
        owner.execute("DROP SCHEMA IF EXISTS stays CASCADE")
        owner.execute(TABLES + (NO_NIGHT_TWICE if constrained else ""))


def booked(*stays: tuple[int, str, str]) -> int:
    """Let several guests look at once and then book what looked free; return how many bookings there are."""
    guests = [connected() for _ in stays]
    free = [
        guest.execute(FREE, (begin, end)).fetchone()[0]
        for guest, (_, begin, end) in zip(guests, stays, strict=True)
    ]
    for guest, stay, is_free in zip(guests, stays, free, strict=True):
        if is_free:
            answer(guest, BOOK, *stay)
        guest.close()
    return count("SELECT count(*) FROM booking WHERE status <> 'cancelled'")


def answer(guest: psycopg.Connection, statement: str, *values: object) -> str:
    """Return "taken", or the name of the constraint that refuses."""
    try:
        guest.execute(statement, values)
        guest.commit()
    except psycopg.IntegrityError as error:
        guest.rollback()
        return error.diag.constraint_name or ""
    return "taken"


def count(query: str) -> int:
    """Return what a query counts."""
    with connected() as reader:
        return reader.execute(query).fetchone()[0]


def after_cancelling() -> int:
    """Book, cancel, and let somebody else book the same nights."""
    booked((2, "2027-07-01", "2027-07-08"))
    with connected() as guest:
        guest.execute("UPDATE booking SET status = 'cancelled'")
    return booked((3, "2027-07-01", "2027-07-08"))


STORIES: dict[str, tuple[int, Callable[[], int]]] = {
    "two guests want the same week": (
        1,
        lambda: booked((2, "2027-07-01", "2027-07-08"), (3, "2027-07-01", "2027-07-08")),
    ),
    "a weekend within another's week": (
        1,
        lambda: booked((2, "2027-07-01", "2027-07-08"), (3, "2027-07-03", "2027-07-05")),
    ),
    "one leaves as the other comes": (
        2,
        lambda: booked((2, "2027-07-01", "2027-07-08"), (3, "2027-07-08", "2027-07-10")),
    ),
    "the first guest has cancelled": (1, after_cancelling),
}


def main() -> None:
    """Tell the stories twice, then try what makes no sense."""
    rows = []
    for story, (right, tell) in STORIES.items():
        counts = []
        for constrained in (False, True):
            tables(constrained=constrained)
            counts.append(tell())
        rows.append((story, right, *counts))
    stage.table(["bookings that stand", "should be", "looked first", "with the constraint"], rows)

    booking = count("SELECT min(id) FROM booking WHERE status <> 'cancelled'")
    with connected() as guest:
        guest.execute("INSERT INTO payment VALUES (1, %s, 63000, 'evt_1')", (booking,))
        guest.execute("INSERT INTO review VALUES (%s, 5)", (booking,))
        guest.commit()
        tries = {
            "a stay that ends before it begins": (BOOK, 2, "2027-08-02", "2027-08-02"),
            "a stay without an end": (BOOK, 2, "2027-08-02", None),
            "the provider tells of the same payment again": (
                "INSERT INTO payment VALUES (2, %s, 63000, 'evt_1')",
                booking,
            ),
            "a second review of one stay": ("INSERT INTO review VALUES (%s, 1)", booking),
            "six stars": ("UPDATE review SET stars = 6",),
            "a place that is gone, with its bookings": ("DELETE FROM place",),
        }
        refusals = [(name, answer(guest, *asked)) for name, asked in tries.items()]
        guest.execute("UPDATE place SET night_pence = 12000")
        guest.commit()
    stage.table(["tried", "refused by"], refusals)
    agreed = count("SELECT night_pence FROM booking WHERE status <> 'cancelled'")
    stage.say(f"the place now costs 12000 pence a night, the booking still {agreed}")


main()
