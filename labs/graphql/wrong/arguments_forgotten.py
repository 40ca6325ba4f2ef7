"""
"What was found is kept by its key."

The first field asked for 1 review, the second for 3. Both are told what the first one found.

Caught by: other_arguments_are_another_batch
"""


class Loader:
    def load(self, key, *arguments):
        # --8<-- [start:batch]
        found = self._found.setdefault((), {})
        if key not in found:
            others = [other for other in self._expected if other != key and other not in found]
            batch = [key, *others[: BATCH - 1]]
            fetched = self._fetch(batch, *arguments)
            found.update({each: fetched.get(each, self._missing) for each in batch})
            self._fetched(fetched.values())
        return found[key]
        # --8<-- [end:batch]
