"""
"W/ in front of a tag does not matter: it names the same version."

For reading it does not, and the two comparisons look so alike that one function serves both. But a weak tag says "about
the same": whoever changes a thing on the strength of it may overwrite a version that they have never seen.

Caught by: a_weak_tag_permits_no_change
"""


class Precondition:
    def check(self, row_id, version, *form):
        # --8<-- [start:precondition-check]
        if self.tags is None:
            return
        if etag_of(row_id, version, *form) not in {tag.removeprefix("W/") for tag in self.tags}:
            raise PreconditionFailed
        # --8<-- [end:precondition-check]
