"""Step 1: an event is published if and only if the change is."""

from uuid import UUID

from django.db import transaction

from celery_checks.targets import Shop, expect
from lab_celery import outbox
from nexus.labs.checking import check

ROWS = "outboxrow"


@check("An event is a row in the caller's own transaction, before that commits.")
def an_event_is_stored_with_the_change(shop: Shop) -> None:
    topic = shop.topic()
    with transaction.atomic():
        event_id = outbox.publish(topic, order_id=UUID(int=7), number=3)
        rows = shop.rows(topic)
    expect(len(rows) == 1, "1 row before the commit", f"{len(rows)}", ROWS)
    told = {"order_id": str(UUID(int=7)), "number": 3}
    expect(rows[0].ids == told, f"the ids {told}", rows[0].ids, ROWS)
    expect(rows[0].event_id == event_id, "the event's id, returned", f"{event_id}", ROWS)


@check("A rollback takes the event back.")
def a_rollback_takes_the_event_back(shop: Shop) -> None:
    stored = shop.promised_by_a_failure()
    expect(stored == 0, "no row", f"{stored}", ROWS)


@check("Outside of a transaction nothing is promised: TransactionManagementError.")
def outside_of_a_transaction_it_is_refused(shop: Shop) -> None:
    topic = shop.topic()
    try:
        outbox.publish(topic, order_id=7)
    except transaction.TransactionManagementError:
        return
    expect(False, "TransactionManagementError", f"no error, and {len(shop.rows(topic))} row", ROWS)


@check("An object is refused with a TypeError that names it: ids travel, what they name is read later.")
def an_object_is_refused(shop: Shop) -> None:
    for value in ({"id": 7, "total": "9.99"}, object(), None):
        try:
            with transaction.atomic():
                outbox.publish(shop.topic(), order=value)  # type: ignore[arg-type]  # that is what is asked
        except TypeError as error:
            expect("order" in str(error), "the argument's name in the message", error, ROWS)
            continue
        expect(False, f"TypeError for order={type(value).__name__}", "no error", ROWS)


@check("More than 1,024 bytes of ids are refused with a ValueError.")
def too_much_is_refused(shop: Shop) -> None:
    for size, is_allowed in ((900, True), (1100, False)):
        try:
            with transaction.atomic():
                outbox.publish(shop.topic(), order_id="x" * size)
        except ValueError as error:
            expect(not is_allowed, f"{size} bytes to be published", error, ROWS)
        else:
            expect(is_allowed, f"ValueError for {size} bytes", "no error", ROWS)
