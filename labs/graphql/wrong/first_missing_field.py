"""
"Raise at the first field that nothing answers: the program stops, that is what matters."

You mend it, start again, and hear of the next. A schema that grew by twelve fields takes twelve starts.

Caught by: every_unanswered_field_is_named
"""


def _unresolved(document, objects, rows):
    # --8<-- [start:unresolved-fields]
    resolved = {(bindable.name, name) for bindable in objects for name in bindable._resolvers}
    for kind, field in _fields(document):
        name = field.name.value
        if (kind, name) in resolved:
            continue
        if field.arguments:
            yield f"{_place(field)}: {kind}.{name} takes arguments, and has no resolver."
            return
        if not {name, _snake(name)} & _names_of(rows.get(kind, ())):
            yield f"{_place(field)}: {kind}.{name} has no resolver."
            return
    # --8<-- [end:unresolved-fields]
