"""The page that the player runs in: the same for everybody, without a query."""

from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe


# --8<-- [start:policy]
def policy() -> str:
    """Return the page's content security policy: no inline script or style, and nothing from a third host."""
    media = urljoin(settings.MEDIA_BASE_URL, "/").rstrip("/")
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' {media}",  # covers
            f"media-src {media} blob:",  # blob: is what hls.js feeds the audio element through
            f"connect-src 'self' {media}",  # playlists and segments
            "form-action 'none'",  # forms are sent by scripts alone
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",  # text never becomes markup: `innerHTML = …` throws
        ]
    )
    # --8<-- [end:policy]


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """Answer the page. Its scripts ask the API for all the rest."""
    headers = {"Content-Security-Policy": policy(), "Cache-Control": "no-cache"}
    return HttpResponse(render_to_string("listen/shell.html", request=request), headers=headers)
