"""
"If the header is the tag, it is a 304."

A header may name several tags, or any, and a proxy that compresses makes a tag weak: W/"…". All of these are sent the whole
page, each time, and nobody notices but the bill.

Caught by: who_has_the_page_is_answered_304
"""


def conditional(request, kept, headers):
    # --8<-- [start:not-modified]
    if request.headers.get("If-None-Match") == kept.etag:
        return HttpResponse(status=304, headers={"ETag": kept.etag})
    return whole
    # --8<-- [end:not-modified]
