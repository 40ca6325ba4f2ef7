"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.insights import rest

urlpatterns = [path("staff/cache/", rest.CacheMetrics.as_view(), name="cache-metrics")]
