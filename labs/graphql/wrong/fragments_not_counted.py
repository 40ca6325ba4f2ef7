"""
"A spread is one line: it adds no level."

It adds what is in the fragment. Seven fragments, each in the next, are as deep as anybody likes.

Caught by: fragments_hide_no_depth
"""


class _Extents:
    def _of_fragment(self, name):
        # --8<-- [start:fragment-extent]
        if name not in self._known:
            self._known[name] = Extent(0, 0)
            fragment = self._fragments.get(name)
            inside = self._of_set(fragment.selection_set if fragment else None)
            self._known[name] = Extent(0, inside.aliases)
        return self._known[name]
        # --8<-- [end:fragment-extent]
