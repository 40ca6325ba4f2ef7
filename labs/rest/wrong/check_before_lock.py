"""
"First look whether the version is right, and lock only what is going to be changed."

It holds the lock for less time, and a stale request waits for nobody. But between the look and the lock another writer
may pass: both have compared with version 3, both are told 200, and the first one's change is gone.

Caught by: of_two_writers_one_is_told
"""


class Precondition:
    def locked(self, rows, parts):
        # --8<-- [start:lock]
        row = rows.first()
        if row is None:
            return None
        self.check(*parts(row))
        return rows.select_for_update().first()
        # --8<-- [end:lock]
