"""Step 2: the relay hands over what waits, and marks what the broker has."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from celery_checks.targets import Shop, expect
from lab_celery.models import OutboxRow
from lab_celery.retries import row_for
from nexus.labs.checking import check

ROWS = "outboxrow"


@check("What waits is handed to each subscriber once, and marked.")
def what_waits_is_handed_over_once(shop: Shop) -> None:
    shop.promise(3)
    for _ in range(2):
        shop.hand_over()
    told, wanted = sorted(shop.told()), [task for task in shop.subscribers for _ in range(3)]
    expect(told == wanted, f"messages to {wanted}", told, ROWS)
    waiting = shop.still_waiting()
    expect(waiting == 0, "3 rows marked as sent", f"{waiting} still wait", ROWS)


@check("What is due later waits.")
def what_is_due_later_waits(shop: Shop) -> None:
    now, delivery = timezone.now(), shop.delivery()
    row_for(delivery, attempt=2, due_at=now + timedelta(hours=1)).save(force_insert=True)
    for at, waiting in ((now, 1), (now + timedelta(hours=1), 0)):
        shop.relay.hand_over(now=at)
        found = shop.waiting(delivery.topic)
        expect(
            found == waiting, f"{waiting} waiting at {'its time' if waiting == 0 else 'once'}", found, ROWS
        )
    shop.messages()


@check("A row that another relay has in hand is passed by, not waited for.")
def a_row_in_another_hand_is_passed_by(shop: Shop) -> None:
    def hand_over() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")  # so that one who waits is seen to
        try:
            return f"{shop.relay.hand_over(now=timezone.now())} handed over"
        except Exception as error:
            if "lock timeout" in str(error):
                return "it waited for the lock"
            raise

    topic = shop.topic()
    shop.publish(topic, 2)
    with transaction.atomic():
        OutboxRow.objects.select_for_update().get(pk=shop.rows(topic)[0].pk)
        said = shop.elsewhere(hand_over)
    shop.messages()
    expect(said == "1 handed over", "1 handed over, the other passed by", said, ROWS)


@check("While the broker is away events wait, and none is lost.")
def a_broker_that_is_away_loses_nothing(shop: Shop) -> None:
    shop.promise(3)
    shop.broker.cut()
    try:
        said = shop.hand_over()
    finally:
        shop.broker.mend()
    waiting = shop.still_waiting()
    # On a platform its own schedule may have published meanwhile, too.
    expect(waiting >= 3, "3 rows that wait for the broker", f"{waiting}", ROWS)
    expect(said == "BrokerAway", "BrokerAway raised", said, ROWS)
    shop.hand_over()
    told, wanted = shop.told(), 3 * len(shop.subscribers)
    expect(len(told) == wanted, f"{wanted} messages once the broker is back", f"{len(told)}", ROWS)
