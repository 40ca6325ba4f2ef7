"""
"A row is a row: let whoever has no transaction publish too."

Without one the event commits by itself, before the change or after it. Whichever of the two fails, the other stays, and
that is the fault which the outbox was built against.

Caught by: outside_of_a_transaction_it_is_refused
"""


def publish(topic, **ids):
    # --8<-- [start:publish]
    event_id = new_id()
    OutboxRow.objects.create(
        id=event_id, event_id=event_id, topic=topic, ids=payload(ids), due_at=timezone.now()
    )
    wake_relays()
    return event_id
    # --8<-- [end:publish]
