"""
"A field has one node: look below it."

A field may be written in two places, and GraphQL answers it once with all that either asks for. What the second place asks
for is not fetched; the answer is right all the same, because ``film.studio`` is a property that asks the database when it
is read. So nothing fails, and each film costs a query more: an N+1 that hides in a property.

Caught by: a_field_in_two_places_is_one
"""


def _asked(info, kind, nodes):
    # --8<-- [start:selection]
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
        return ()
    kinds = [kind] if isinstance(kind, GraphQLObjectType) else info.schema.get_possible_types(kind)
    return tuple(
        Asked(key, found[0].name.value, each.name, found[:1], info)
        for each in kinds
        for key, found in collect_sub_fields(
            info.schema, info.fragments, info.variable_values, each, list(nodes[:1])
        ).items()
    )
    # --8<-- [end:selection]
