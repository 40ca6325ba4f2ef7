"""
"After (x, y) means: beyond x, or at x and beyond y."

That is the definition, and it holds for every column that has a value in every row. Where one has none, SQL's answer
to NULL < x is neither true nor false: the page after a reading without a temperature cannot be asked for.

Caught by: rows_without_a_value_have_their_place
"""


def rows_after(columns, values, *, inclusive=False):
    # --8<-- [start:keyset-filter]
    condition = Q(pk__in=[])
    for last in reversed(range(len(columns))):
        column, value = columns[last], values[last]
        beyond = "lt" if column.descending else "gt"
        if inclusive and last == len(columns) - 1:
            beyond += "e"
        equal = Q(**{c.name: v for c, v in zip(columns[:last], values[:last], strict=True)})
        condition |= equal & Q(**{f"{column.name}__{beyond}": value})
    return condition
    # --8<-- [end:keyset-filter]
