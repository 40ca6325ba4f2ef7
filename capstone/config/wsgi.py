"""The API's process: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from audiobooks.insights import cache_metrics  # noqa: E402 -- once the apps are ready

cache_metrics.carry_on()
