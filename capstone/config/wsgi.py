"""The API's process: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django = get_wsgi_application()


# --8<-- [start:at-once]
def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer. What is there as a whole is given as a list: granian sends that at once, and anything else piece by piece."""
    response: Any = django(environ, start_response)
    if response.streaming:
        return response  # type: ignore[no-any-return]
    response.close()
    return [response.content]


# --8<-- [end:at-once]

from django.urls import get_resolver  # noqa: E402 -- once the apps are ready

from audiobooks.insights import cache_metrics  # noqa: E402

cache_metrics.carry_on()
_ = (
    get_resolver().url_patterns
)  # what is wrong with an address or the graph stops the start, not the first request

gc.collect()
gc.freeze()  # what is there now stays: to look through it again and again for garbage is a tenth of a hot read's time
