"""
What a right ``lab_celery`` does, asked of its functions, on a real PostgreSQL, a real broker and real workers.

The part is imported by the checks, so Django is set up here, before any of them: on a database and a queue of their own,
since a relay of the playground would take what is ours, and with a way to the broker that can be cut.
"""

import os
from uuid import uuid4

from celery_playground import stage
from celery_playground.proxy import Proxy

broker = Proxy(os.environ["CELERY_BROKER_URL"])
os.environ["CELERY_BROKER_URL"] = broker.url
os.environ["PLAYGROUND_DATABASE"] = "celery_checks"
os.environ["PLAYGROUND_QUEUE"] = f"check-{uuid4().hex[:8]}"
stage.open_stage()
stage.clear()
