"""Where covers are found: addresses that never change what they answer, because the content's hash is in them."""

import json
from functools import lru_cache

from django.conf import settings

from audiobooks.catalog.models import Cover

KEPT = '"\\u0001/media/covers/'  # how a cover's address begins in the JSON of a card, and no other text


def cover_addresses(sha256: str) -> dict[str, str]:
    """Return {width in px: address} for each size there is."""
    base = settings.MEDIA_BASE_URL.rstrip("/")
    return {str(width): f"{base}/media/covers/{sha256}/{width}.webp" for width in Cover.WIDTHS_PX}


def addressed(kept: str) -> str:
    """Return the JSON of cards with the address of this installation's media in it."""
    return kept.replace(KEPT, address_in_json(settings.MEDIA_BASE_URL))


@lru_cache(maxsize=8)
def address_in_json(media_base_url: str) -> str:
    """Return how a cover's address begins in JSON, its quotation mark included."""
    return json.dumps(f"{media_base_url.rstrip('/')}/media/covers/")[:-1]
