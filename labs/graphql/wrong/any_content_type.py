"""
"Whatever the Content-Type says, if it is JSON we can read it."

A form of another site can send JSON as text/plain, and the browser adds your visitor's cookies. JSON is no protection; the
name of its type is, because no form can send that one.

Caught by: what_a_form_can_send_is_refused
"""


def read_request(request, most):
    # --8<-- [start:read-request]
    if request.method in ("GET", "HEAD"):
        return _asking(_parameters(request))
    if request.method != "POST":
        raise Refused(
            "method-not-allowed", "Use POST, or GET for a query.", status=405, headers={"Allow": "GET, POST"}
        )
    # --8<-- [end:read-request]
    return None
