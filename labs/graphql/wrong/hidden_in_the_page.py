"""
"GraphiQL is off in production, so nobody sees the schema."

GraphiQL asks with a POST like everybody else. Whoever sends that POST by curl has the schema.

Caught by: introspection_is_refused_where_it_is_off
"""


def _check_field(field, limits, introspection):
    # --8<-- [start:introspection]
    pass
    # --8<-- [end:introspection]
