"""
"The record is the lock: write it first, so that a second request finds it."

Its unique constraint holds back the second request, on every database and without advisory locks. But the reservation
is committed apart from the effect: where the first request fails or the server dies, the key stays in flight for ever.

Caught by: an_error_leaves_the_key_free
"""


def _once(scope, fingerprint, respond):
    # --8<-- [start:idempotency-record]
    now = timezone.now()
    reserved = {"fingerprint": fingerprint, "status": 0, "headers": {}, "body": b"", "created_at": now}
    record, is_first = IdempotencyRecord.objects.get_or_create(**asdict(scope), defaults=reserved)
    if not is_first and record.status == 0:
        raise Problem(status=409, type="idempotency-key-in-flight", detail="The first one still runs.")
    if not is_first:
        return _replay(record, fingerprint)
    with transaction.atomic():
        response = respond()
        if response.status_code >= 400:
            transaction.set_rollback(True)
        else:
            _store(scope, fingerprint, response, now)
    return response
    # --8<-- [end:idempotency-record]
