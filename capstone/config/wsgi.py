"""The API's process: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

handler = get_wsgi_application()


# --8<-- [start:at-once]
def django(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Answer. What is there as a whole is given as a list: granian sends that at once, and anything else piece by piece."""
    response: Any = handler(environ, start_response)
    if response.streaming:
        return response  # type: ignore[no-any-return]
    response.close()
    return [response.content]


# --8<-- [end:at-once]

from django.conf import settings  # noqa: E402 -- once the apps are ready
from django.urls import get_resolver  # noqa: E402

from audiobooks.insights import cache_metrics  # noqa: E402
from config.fast_path import FastPath  # noqa: E402

application = (
    django if settings.NEXUS_MINE else FastPath(django)
)  # a student's parts are asked by Django alone

cache_metrics.carry_on()
_ = (
    get_resolver().url_patterns
)  # what is wrong with an address or the graph stops the start, not the first request

gc.collect()
gc.freeze()  # what is there now stays: to look through it again and again for garbage is a tenth of a hot read's time
gc.collect()  # of what is left: else its measure stays the whole, and garbage gathers up to a quarter of that
