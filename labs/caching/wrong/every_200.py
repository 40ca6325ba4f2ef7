"""
"What went well may be kept."

Also what the view itself calls private, and the basket that it has just given to somebody: with Set-Cookie and all.

Caught by: what_is_one_caller_s_own_is_not_shared
"""


def may_be_shared(request, response, vary):
    # --8<-- [start:may-share]
    return response.status_code == 200
    # --8<-- [end:may-share]
