"""What an answer shows of a recording, ready to be sent: the read model of lists and pages."""

from django.db import models

from audiobooks.catalog.models.recordings import Audiobook


class Card(models.Model):
    """
    A recording as JSON text, kept by triggers in the transaction of whoever changes what it shows (migration 0005).

    Cover addresses begin with a character 1 in the place of ``MEDIA_BASE_URL``. A recording may be without a card for a
    while: then ``catalog_card_made``, the view that cards are made from, is read instead.
    """

    audiobook = models.OneToOneField(
        Audiobook, models.CASCADE, primary_key=True, related_name="shown", editable=False
    )
    card = models.TextField(editable=False, help_text="As lists show it.")
    whole = models.TextField(editable=False, help_text="As its own page shows it.")

    def __str__(self) -> str:
        return str(self.audiobook_id)
