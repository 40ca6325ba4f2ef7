"""What is answered about a copy of one's data."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audiobooks.catalog.rest.examples import shown_as
from audiobooks.rights import services
from audiobooks.rights.models import Export

EXAMPLE = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7dc0",
    "state": "done",
    "progress_percent": 100,
    "attempts": 1,
    "created_at": "2026-01-02T09:10:00Z",
    "changed_at": "2026-01-02T09:10:04Z",
    "expires_at": "2026-01-09T09:10:04Z",
    "size_bytes": 48_210,
    "download": {
        "url": "http://127.0.0.1:8002/media/exports/019b76da-a800-7e41-8c6f-1f0a6f3f7dc0.zip?user=…",
        "expires_at": "2026-01-02T09:25:04Z",
    },
}


class ExportAddressOut(serializers.Serializer[Any]):
    """Where it is: an address that opens for its owner alone, until it expires."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


@shown_as(EXAMPLE)
class ExportOut(serializers.ModelSerializer[Export]):
    """How far a copy of one's data has come, and where it is once it is done."""

    expires_at = serializers.DateTimeField(help_text="When the file is deleted.")
    download = serializers.SerializerMethodField(
        help_text="Null until it is done. Ask again for another address."
    )

    class Meta:
        model = Export
        fields = tuple(EXAMPLE)
        read_only_fields = fields

    @extend_schema_field(ExportAddressOut(allow_null=True))
    def get_download(self, export: Export) -> Any:
        """Return a signed address, made now."""
        address = services.export_address(export, now=timezone.now())
        return ExportAddressOut(address).data if address else None
