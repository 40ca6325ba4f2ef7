"""
"Opaque means base64: nobody will look inside."

Everybody does, and then writes cursors. What stands in them goes into your WHERE.

Caught by: a_forged_cursor_is_refused
"""


def write_cursor(values, *, ordering):
    # --8<-- [start:cursor]
    import base64
    import json

    plain = [value if isinstance(value, str | int | float) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")
    # --8<-- [end:cursor]


def read_cursor(cursor, *, ordering):
    # --8<-- [start:cursor-check]
    import base64
    import json

    try:
        return tuple(json.loads(base64.urlsafe_b64decode(f"{cursor}==")))
    except ValueError as error:
        raise Refused("invalid-cursor", "after: not a cursor of this list.") from error
    # --8<-- [end:cursor-check]
