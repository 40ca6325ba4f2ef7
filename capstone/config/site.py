"""The page at `/`: what runs here, and where."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audiobooks.catalog.selectors import audiobook_cards
from audiobooks.principal import ANONYMOUS


@require_safe
def landing_page(request: HttpRequest) -> HttpResponse:
    """Answer the landing page with the newest recordings anybody may see."""
    newest = list(audiobook_cards(ANONYMOUS).order_by("-released_on", "-id")[:8])
    return render(
        request,
        "landing_page.html",
        {
            "newest": newest,
            "hub": settings.HUB_BASE_URL,
            "media": settings.MEDIA_BASE_URL,
            "mine": settings.NEXUS_MINE,
        },
    )
