"""What has been seeded, so that the next start need not look."""

from django.db import models


class SeedRun(models.Model):
    """One finished seeding; the fingerprint is of everything the demo rows and sounds are made from."""

    fingerprint = models.CharField(primary_key=True, max_length=64)
    finished_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.fingerprint[:12]
