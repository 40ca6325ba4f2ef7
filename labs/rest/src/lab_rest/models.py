"""The first answer to each idempotency key."""

from django.db import models


class IdempotencyRecord(models.Model):
    """
    What was asked with a key, as a fingerprint, and what was answered, as it left the view.

    ``caller`` and ``route`` scope the key: nobody is answered from another's record. ``body`` may hold what only
    its caller may see; delete the records of a caller who is deleted.
    """

    caller = models.CharField(max_length=200, db_collation="C")
    route = models.CharField(max_length=200, db_collation="C")
    key = models.CharField(max_length=255, db_collation="C")
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "route", "key"], name="idempotency_key_of_caller"),
        ]

    def __str__(self) -> str:
        return f"{self.key} on {self.route}: {self.status}"
