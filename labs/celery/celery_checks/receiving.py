"""Step 3: an event has its effect once, however often it is delivered."""

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from celery_checks.targets import Shop, expect
from celery_playground.settle import charge, charges
from lab_celery.receipts import once
from nexus.labs.checking import check

ROWS = "receipt"


@check("An event that is delivered three times has its effect once.")
def delivered_three_times_done_once(shop: Shop) -> None:
    effects, said = shop.delivered(3)
    expect(effects == 1, "1 charge", f"{effects}", ROWS)
    expect(
        said in ([True, False, False], None), "True, False, False", said, ROWS
    )  # None: a worker tells nobody


@check("While one has the effect, who delivers it again waits, and then does nothing.")
def delivered_at_once_done_once(shop: Shop) -> None:
    delivery = shop.delivery()
    order = str(delivery.ids["order_id"])

    def second() -> bool:
        try:
            return once(delivery, lambda: charge(order))
        finally:
            connection.close()

    def first() -> None:
        charge(order)
        others.append(pool.submit(second))
        while not others[0].done() and not waits_for_us():
            time.sleep(0.01)

    others = []  # type: ignore[var-annotated]
    with ThreadPoolExecutor(1) as pool:
        once(delivery, first)
    others[0].result()
    expect(charges(order) == 1, "1 charge, of 2 deliveries at once", f"{charges(order)}", ROWS)


def waits_for_us() -> bool:
    """Tell whether somebody waits for a lock that this connection holds."""

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


@check("An effect that fails leaves neither its rows nor a receipt, so that it can be had later.")
def a_failed_effect_leaves_nothing(shop: Shop) -> None:
    class NoConnection(Exception):
        pass

    def fail() -> None:
        charge(order)
        raise NoConnection

    delivery = shop.delivery()
    order = str(delivery.ids["order_id"])
    try:
        once(delivery, fail)
    except NoConnection:
        expect(charges(order) == 0, "no charge after the failure", f"{charges(order)}", ROWS)
    else:
        expect(False, "the effect's own error, raised", "none", ROWS)
    again = once(delivery, lambda: charge(order))
    expect(again and charges(order) == 1, "1 charge when it is tried again", f"{charges(order)}", ROWS)
