"""
"An alias of a value is noise; an alias of an object is how a page asks for two films. Count the former."

Each alias is resolved for itself. A thousand names for one film are a thousand queries, and it is the objects that cost.

Caught by: aliases_are_counted
"""


class _Extents:
    def _of(self, selection):
        # --8<-- [start:extent]
        if isinstance(selection, FragmentSpreadNode):
            return self._of_fragment(selection.name.value)
        if isinstance(selection, InlineFragmentNode):
            return self._of_set(selection.selection_set)
        below = self._of_set(None if selection.name.value in INTROSPECTION else selection.selection_set)
        is_alias = selection.alias is not None and not selection.selection_set
        return Extent(below.depth + 1, below.aliases + is_alias)
        # --8<-- [end:extent]
