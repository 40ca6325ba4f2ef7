"""
"One day the server will be back, so never give up."

It is right about servers, and wrong about everything else that fails: an order that was deleted, a card that is declined,
a defect of ours. Each of them comes back for ever, and in a year the worker does nothing else.

Caught by: the_last_attempt_is_the_last
"""


def give_back(delivery, error, policy, *, now):
    # --8<-- [start:retry]
    pause = backoff(delivery.attempt, policy)
    again = row_for(delivery, attempt=delivery.attempt + 1, due_at=now + pause)
    OutboxRow.objects.bulk_create([again], ignore_conflicts=True)
    wake_relays()
    # --8<-- [end:retry]
