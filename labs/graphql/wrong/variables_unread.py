"""
"A length that stands in a variable is not known yet: take the default."

Then whoever sends the million in a variable pays for 20.

Caught by: a_length_in_a_variable_counts
"""


class Pricing:
    def _size(self, node, field, kind):
        # --8<-- [start:list-size]
        for name in SIZES:
            if name in field.args:
                chosen = self._chosen(node, name, field)
                return chosen if isinstance(chosen, int) else chosen.otherwise
        if not _is_list(field) or _is_plumbing(kind):
            return 1
        assumed = _directive(field, "listSize", "assumedSize")
        return self._limits.list_size if assumed is None else assumed
        # --8<-- [end:list-size]
