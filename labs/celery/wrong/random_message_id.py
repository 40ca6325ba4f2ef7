"""
"Django makes a Message-ID for every letter, and a good one."

It makes another one each time. The worker dies after the mail server took the letter and before the receipt was
committed, the event is delivered again, and the customer has two receipts that no mailbox can tell to be one.

Caught by: a_letter_keeps_its_id
"""


def message_id(delivery, domain):
    # --8<-- [start:message-id]
    from django.core.mail.message import make_msgid

    return make_msgid(domain=domain)
    # --8<-- [end:message-id]
