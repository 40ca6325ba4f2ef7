"""Celery's settings, read once a worker, a relay or a sender needs them: Django itself does without a broker."""

import os
from datetime import timedelta

from django.conf import settings

from lab_celery.config import celery_settings

# --8<-- [start:celery-settings]
globals().update(
    celery_settings(
        os.environ["CELERY_BROKER_URL"],
        [settings.QUEUE],
        longest=timedelta(seconds=2),
        prefix=f"{settings.QUEUE}:",
    )
)
# --8<-- [end:celery-settings]
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
