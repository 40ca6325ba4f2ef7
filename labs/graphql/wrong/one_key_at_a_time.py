"""
"The loader remembers, so nothing is fetched twice."

It fetches each key once, and each alone: 20 films of 12 studios are 12 queries. Remembering is half a loader; the other
half is asking for all.

Caught by: a_list_costs_the_same_at_any_length
"""


class Loader:
    def load(self, key, *arguments):
        # --8<-- [start:batch]
        found = self._found.setdefault(arguments, {})
        if key not in found:
            fetched = self._fetch([key], *arguments)
            found[key] = fetched.get(key, self._missing)
            self._fetched(fetched.values())
        return found[key]
        # --8<-- [end:batch]
