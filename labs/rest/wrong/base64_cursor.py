"""
"In base64, nobody can read a cursor, so nobody will change it."

It looks opaque, and it works for every client that follows links. But base64 is a way of writing, not a lock: whoever
decodes it, changes a digit and encodes it again has written a WHERE of your query.

Caught by: an_altered_cursor_is_refused
"""


def write_cursor(place, *, ordering, scope):
    # --8<-- [start:cursor]
    import base64

    values = [_packed(value) for value in place.values]
    payload = [place.forward, place.inclusive, ordering, scope, values]
    return base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()
    # --8<-- [end:cursor]


def read_cursor(cursor, *, ordering, scope, max_age):
    # --8<-- [start:cursor-check]
    import base64

    try:
        payload = json.loads(base64.urlsafe_b64decode(cursor))
        forward, inclusive, its_ordering, its_scope, values = payload
        place = Place(tuple(_unpacked(value) for value in values), forward, inclusive)
    except (ValueError, TypeError, KeyError, ArithmeticError) as exc:
        raise _refused("malformed", "This is not a cursor of this service.") from exc
    if (its_ordering, its_scope) != (ordering, scope):
        raise _refused("other_list", "This cursor was made for another list.")
    return place
    # --8<-- [end:cursor-check]
