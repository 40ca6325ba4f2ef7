"""
"Look whether it was done; if not, do it and note it."

It holds for deliveries one after the other. Of two at once both look, both find nothing, and both charge the card; the
second one's receipt is refused after that.

Caught by: delivered_at_once_done_once
"""


def once(delivery, effect):
    # --8<-- [start:receipt]
    with transaction.atomic(durable=True):
        if is_done(delivery):
            return False
        effect()
        sign(delivery)
        return True
    # --8<-- [end:receipt]
