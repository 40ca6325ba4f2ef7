"""The Celery application: ``celery -A celery_playground.app worker``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "celery_playground.settings")

app = Celery("celery_playground")
app.config_from_object("celery_playground.broker", namespace="CELERY")
app.autodiscover_tasks(["celery_playground"])
