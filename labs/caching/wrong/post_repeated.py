"""
"A 503 says that the service did nothing, so I ask again."

It says that no answer came through. Often a proxy says it, in front of a service that charged the card before it fell
over; the second POST charges it again.

Caught by: a_post_is_sent_once
"""


def may_repeat(request, failure):
    # --8<-- [start:may-repeat]
    return not isinstance(failure, ServiceFailed) or failure.status in TEMPORARY
    # --8<-- [end:may-repeat]
