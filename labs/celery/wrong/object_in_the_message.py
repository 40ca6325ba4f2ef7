"""
"The task needs the order, so send the order."

It saves a query. But the order travels as it was: between the message and the task somebody changes the address, and the
parcel goes to the old one. And next month's worker cannot read last month's object.

Caught by: an_object_is_refused
"""


def payload(ids):
    # --8<-- [start:payload]
    packed = json.loads(json.dumps(ids, default=str))
    size = len(json.dumps(packed).encode())
    if size > MAX_PAYLOAD_BYTES:
        raise ValueError(f"{size} bytes of ids; {MAX_PAYLOAD_BYTES} are the most.")
    return packed
    # --8<-- [end:payload]
