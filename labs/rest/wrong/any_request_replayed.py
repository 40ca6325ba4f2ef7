"""
"The key names the request, so the key is all that is compared."

That is what the caller promises. A client that makes its key once per page, and not once per intention, then sends a
second reading under the first one's key, is told 201 with the first one's body, and loses the second without a word.

Caught by: a_used_key_with_another_body_is_refused
"""


def _replay(record, fingerprint):
    # --8<-- [start:idempotency-replay]
    headers = {**record.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(record.body), status=record.status, headers=headers)
    # --8<-- [end:idempotency-replay]
