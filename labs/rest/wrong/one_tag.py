"""
"If-None-Match holds the ETag that we sent."

A browser with one copy sends just that. A cache that holds two versions sends both, separated by a comma, and a proxy
that compresses makes the tag weak: neither ever gets its 304, and nobody notices but the network.

Caught by: a_list_of_tags_is_read
"""


def not_modified(request, etag, headers=None):
    # --8<-- [start:if-none-match]
    if request.headers.get("If-None-Match") != etag:
        return None
    return NotModified(headers={**(headers or {}), "ETag": etag})
    # --8<-- [end:if-none-match]
