"""A page of 20 books from one process and from three, and ten orders whose payment is another service's: what a split costs."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import count

import psycopg
import stage

BOOKS, PAGES, FAILS_EACH, ORDERS = 20, 100, 200, 10
Ask = Callable[[str, Sequence[int]], dict[str, str]]


# --- a page -----------------------------------------------------------------------------------------------------


def known(what: str, ids: Sequence[int]) -> dict[str, str]:
    """Return what a service knows of some books: the same function, in our process or in another."""
    return {str(number): f"{what} of {number}" for number in ids}


class Service(stage.Answers):
    """Answers /what/1,2,3, and a payment at /pay/KEY. Its own database stands for its own."""

    def answer(self, _method: str, path: str) -> tuple[int, str]:
        """Answer 503 where the caller's plan of faults says so."""
        what, _, ids = path.strip("/").partition("/")
        if what == "pay":
            with psycopg.connect(os.environ["DATABASE_URL"]) as database:
                database.execute("INSERT INTO payments VALUES (%s) ON CONFLICT DO NOTHING", [ids])
            return 201, ""
        if what == "fails":
            return 503, ""
        return 200, json.dumps(known(what, [int(number) for number in ids.split(",")]))


class Remote:
    """Asks the services, each by its port. Every 200th call is answered 503, as on a good day."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.ports, self.calls = ports, count(1)
        self.made = 0

    def ask(self, what: str, ids: Sequence[int]) -> dict[str, str]:
        """Return a service's answer. Raises ``OSError`` where it fails."""
        self.made = next(self.calls)
        path = "/fails" if self.made % FAILS_EACH == 0 else f"/{what}/{','.join(map(str, ids))}"
        connection = HTTPConnection("127.0.0.1", self.ports[what], timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.status != 200:
                raise OSError(answer.status)
            return json.loads(answer.read())
        finally:
            connection.close()


# --8<-- [start:pages]
def one_by_one(ask: Ask) -> None:
    """Ask for the list, then for each book's author and rating: harmless in one process."""
    for number in ask("books", range(1, BOOKS + 1)):
        ask("authors", [int(number)])
        ask("ratings", [int(number)])


def in_batches(ask: Ask) -> None:
    """Ask each service once, for all books."""
    numbers = [int(number) for number in ask("books", range(1, BOOKS + 1))]
    ask("authors", numbers)
    ask("ratings", numbers)


def ratings_may_be_missing(ask: Ask) -> None:
    """Ask each service once, and show the page without what is not needed."""
    numbers = [int(number) for number in ask("books", range(1, BOOKS + 1))]
    ask("authors", numbers)
    with suppress(OSError):
        ask("ratings", numbers)


# --8<-- [end:pages]


def calls_for_a_page(page: Callable[[Ask], None], remote: Remote) -> int:
    """Make one page; return how many calls that took."""
    page(remote.ask)
    return remote.made


def pages_shown(page: Callable[[Ask], None], ask: Ask) -> int:
    """Make a hundred pages; return how many are shown."""
    shown = 0
    for _ in range(PAGES):
        with suppress(OSError):
            page(ask)
            shown += 1
    return shown


# --- an order ---------------------------------------------------------------------------------------------------


def paid(port: int, key: int) -> bool:
    """Ask the payment service; say whether it answered."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    with suppress(OSError, HTTPException):
        connection.request("POST", f"/pay/{key}")
        return connection.getresponse().status == 201
    return False


def orders_without_payment(way: str) -> int:
    """Take ten orders while the payment service goes away after five; return how many were taken and not paid."""
    database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    database.execute("DROP TABLE IF EXISTS orders, payments")
    database.execute("CREATE TABLE orders (key int PRIMARY KEY); CREATE TABLE payments (key int PRIMARY KEY)")
    with database, stage.processes() as start:
        service, port = start("serve")
        for key in range(ORDERS):
            if key == ORDERS // 2:
                service.kill()
                service.wait()
            with suppress(psycopg.Error), database.transaction():
                database.execute("INSERT INTO orders VALUES (%s)", [key])
                if (
                    way == "one transaction"
                ):  # payments are a table of ours; the second half of them is refused
                    database.execute("INSERT INTO payments SELECT %s / (%s < 5)::int", [key, key])
            if way != "one transaction":
                paid(port, key)
        if way == "asked again later":
            _, port = start("serve")
            unpaid = database.execute("SELECT key FROM orders EXCEPT SELECT key FROM payments").fetchall()
            for (key,) in unpaid:
                paid(port, key)
        return database.execute(
            "SELECT count(*) FROM orders WHERE key NOT IN (SELECT key FROM payments)"
        ).fetchone()[0]


def main() -> None:
    """Print both tables."""
    with stage.processes() as start:
        services = {what: start("serve") for what in ("books", "authors", "ratings")}
        ports = {what: port for what, (_, port) in services.items()}
        ways = [one_by_one, in_batches, ratings_may_be_missing]
        calls = [calls_for_a_page(way, Remote(ports)) for way in ways]
        shown = [pages_shown(way, Remote(ports).ask) for way in ways]
        services["ratings"][0].kill()
        services["ratings"][0].wait()
        without_ratings = [pages_shown(way, Remote(ports).ask) for way in ways]
    stage.table(
        [
            f"{PAGES} pages of {BOOKS} books",
            "one process",
            "one by one",
            "in batches",
            "may miss",
        ],
        [
            ("calls for a page", 0, *calls),
            (f"shown, 1 call in {FAILS_EACH} fails", pages_shown(one_by_one, known), *shown),
            ("shown, ratings are away", "–", *without_ratings),
        ],
    )
    ways_to_order = ["one transaction", "two services", "asked again later"]
    stage.table(
        [f"{ORDERS} orders, payment fails for 5", *ways_to_order],
        [("taken and not paid", *map(orders_without_payment, ways_to_order))],
    )


if sys.argv[1:]:
    stage.serve(Service)
else:
    main()
