"""
"An error is not stored, so there is nothing more to do."

The key is free again, and an exception ends the transaction by itself. An error that is returned does not: what was
written before it is committed, and the caller who was told 503 sends the POST again and makes a second thing.

Caught by: an_error_takes_its_effect_back
"""


def _once(scope, fingerprint, respond):
    # --8<-- [start:idempotency-record]
    with transaction.atomic(durable=True):
        if not _try_lock(scope):
            raise Problem(status=409, type="idempotency-key-in-flight", detail="The first one still runs.")
        now = timezone.now()
        alive = IdempotencyRecord.objects.filter(created_at__gt=now - _lifetime())
        if record := alive.filter(**asdict(scope)).first():
            return _replay(record, fingerprint)
        response = respond()
        if response.status_code < 400:
            _store(scope, fingerprint, response, now)
        return response
    # --8<-- [end:idempotency-record]
