"""The API's process: `granian --interface wsgi config.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 -- once the apps are ready

from audiobooks.insights import cache_metrics  # noqa: E402

cache_metrics.carry_on()
_ = (
    get_resolver().url_patterns
)  # what is wrong with an address or the graph stops the start, not the first request

gc.collect()
gc.freeze()  # what is there now stays: to look through it again and again for garbage is a tenth of a hot read's time
gc.collect()  # of what is left: else its measure stays the whole, and garbage gathers up to a quarter of that
