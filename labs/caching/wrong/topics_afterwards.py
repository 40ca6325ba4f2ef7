"""
"First the change, then the topics of what was changed."

filter(title="Momo").update(title="Jim") changes a row that afterwards no filter for "Momo" finds. Its topics are those of
no row at all.

Caught by: an_update_of_what_it_filters_by_is_heard
"""


class InvalidatingQuerySet:
    def update(self, **changes):
        # --8<-- [start:update]
        changed = super().update(**changes)
        bump(*topics_of(self.model, self.all()), using=self.db)
        return changed
        # --8<-- [end:update]
