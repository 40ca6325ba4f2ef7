"""
"SELECT … FOR UPDATE locks the rows, so two relays never send the same one."

They do not. The second waits for the first one's whole batch, and when that stands still, since its broker does not
answer, so do all the others: ten relays are as fast as one, and as fragile.

Caught by: a_row_in_another_hand_is_passed_by
"""


class Relay:
    def hand_over(self, *, now):
        # --8<-- [start:relay-batch]
        waiting = OutboxRow.objects.filter(sent_at=None, due_at__lte=now).order_by("due_at", "id")
        with transaction.atomic():
            rows = waiting.select_for_update()[:BATCH]
            sent, failure = self.send(rows)
            OutboxRow.objects.filter(pk__in=sent).update(sent_at=now)
        # --8<-- [end:relay-batch]
