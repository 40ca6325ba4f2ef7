"""
The media process: the same project with `config/urls_media.py` for its only addresses.

A listener who pauses a download holds a thread for minutes. Here there are many threads and nothing else waits
for one; two paused downloads would stop an API of two workers with one thread each.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["ROOT_URLCONF"] = "config.urls_media"

application = get_wsgi_application()
