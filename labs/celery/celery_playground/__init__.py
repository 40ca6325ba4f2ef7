"""The stage of the celery lab: the same order settled five ways, with a worker to kill and a broker to stop."""

from celery_playground.app import app as celery_app

__all__ = ["celery_app"]
