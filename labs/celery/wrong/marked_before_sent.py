"""
"Mark the rows first, so that no message is sent twice."

No message is: at most once. Whatever goes wrong between the mark and the broker, a restart will do, the row says that it
was sent, and nobody looks at it again.

Caught by: a_broker_that_is_away_loses_nothing
"""


class Relay:
    def hand_over(self, *, now):
        # --8<-- [start:relay-batch]
        waiting = OutboxRow.objects.filter(sent_at=None, due_at__lte=now).order_by("due_at", "id")
        with transaction.atomic():
            rows = list(waiting.select_for_update(skip_locked=True)[:BATCH])
            OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)
        sent, failure = self.send(rows)
        # --8<-- [end:relay-batch]
