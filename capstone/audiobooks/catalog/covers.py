"""Where covers are found: addresses that never change what they answer, because the content's hash is in them."""

from django.conf import settings

from audiobooks.catalog.models import Cover


def cover_addresses(sha256: str) -> dict[str, str]:
    """Return {width in px: address} for each size there is."""
    base = settings.MEDIA_BASE_URL.rstrip("/")
    return {str(width): f"{base}/media/covers/{sha256}/{width}.webp" for width in Cover.WIDTHS_PX}
