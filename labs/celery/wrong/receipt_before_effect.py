"""
"Sign first, then nobody else begins."

Signed in a transaction of its own, the receipt stands whatever becomes of the effect. It fails, it is tried again as it
should be, and the second try finds a receipt for what was never done.

Caught by: a_failed_effect_leaves_nothing
"""


def once(delivery, effect):
    # --8<-- [start:receipt]
    if not sign(delivery):
        return False
    with transaction.atomic():
        effect()
    return True
    # --8<-- [end:receipt]
