"""
"If-Match: * is in the RFC, so it is allowed."

It is, and it means: change whatever is there now. A client library that sends it always is then never told of a change
it has not seen, which is the one thing that the header was demanded for.

Caught by: a_change_of_any_version_is_refused
"""


def precondition_from(request):
    # --8<-- [start:if-match]
    header = request.headers.get("If-Match")
    if header is None:
        raise Problem(status=428, type="precondition-required", detail="Send the ETag in If-Match.")
    tags = read_tags(header)
    return Precondition(None if "*" in tags else tags)
    # --8<-- [end:if-match]
