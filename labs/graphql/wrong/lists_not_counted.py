"""
"Each field costs 1: a hundred fields, a cost of a hundred."

The document has a hundred fields; the answer has a million objects. What multiplies is the length of the lists.

Caught by: a_list_multiplies_what_is_below
"""


class Pricing:
    def _size(self, node, field, kind):
        # --8<-- [start:list-size]
        return 1
        # --8<-- [end:list-size]
