"""
"on_commit runs once the change is safe: that is the moment to publish."

It is the moment after. A process that ends between the commit and the hook, a deployment will do, has committed an order
and promised nothing, and no error is logged anywhere.

Caught by: an_event_is_stored_with_the_change
"""


def publish(topic, **ids):
    # --8<-- [start:publish]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish() belongs into the transaction of the change.")
    event_id = new_id()
    row = OutboxRow(id=event_id, event_id=event_id, topic=topic, ids=payload(ids), due_at=timezone.now())
    transaction.on_commit(row.save)
    wake_relays()
    return event_id
    # --8<-- [end:publish]
