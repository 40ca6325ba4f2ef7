"""
"bulk_create saves the rows, so post_save is sent."

Django sends no signal for rows that are made in bulk, and says so in the documentation of bulk_create. The import that runs
at night is not on the page in the morning.

Caught by: rows_created_in_bulk_are_heard
"""


class InvalidatingQuerySet:
    def bulk_create(self, objs, *args, **kwargs):
        # --8<-- [start:bulk-create]
        return super().bulk_create(objs, *args, **kwargs)
        # --8<-- [end:bulk-create]
