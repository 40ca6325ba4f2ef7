"""Grants: who may hear what is restricted."""

from django.conf import settings
from django.db import models

from audiobooks.catalog.models import Audiobook


class Grant(models.Model):
    """One listener's permission to hear one restricted audiobook."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="grants")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "audiobook"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.user} may hear {self.audiobook}"
