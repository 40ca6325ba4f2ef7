"""What the cache did, for staff and for Prometheus."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.permissions import IsStaff
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.insights import cache_metrics
from lab_caching.prometheus import EVENTS

LOOPBACK = {"127.0.0.1", "::1"}
COUNTS = (*EVENTS, "computations")


class CacheAnswersOut(serializers.Serializer[cache_metrics.Answers]):
    """How the answers of one name came about."""

    name = serializers.CharField()
    hits = serializers.IntegerField(source="counts.hits", help_text="From the cache.")
    local = serializers.IntegerField(source="counts.local", help_text="From a process's own memory.")
    misses = serializers.IntegerField(source="counts.misses", help_text="Made, and kept.")
    waited = serializers.IntegerField(source="counts.waited", help_text="Made by another meanwhile.")
    stale = serializers.IntegerField(source="counts.stale", help_text="Past their time.")
    errors = serializers.IntegerField(source="counts.errors", help_text="Not answered at all.")  # type: ignore[assignment]
    away = serializers.IntegerField(source="counts.away", help_text="Made while there was no cache.")
    own = serializers.IntegerField(source="counts.own", help_text="Made for a transaction that had written.")
    too_large = serializers.IntegerField(source="counts.too_large", help_text="Made, and not kept.")
    computations = serializers.IntegerField(source="counts.computations", help_text="Calls of the source.")
    compute_ms = serializers.IntegerField(help_text="What those took in all.")
    hit_ratio = serializers.FloatField(
        source="counts.hit_ratio", help_text="Which part of the answers cost no computation of its own."
    )


class TopicBumpsOut(serializers.Serializer[Any]):
    """How often a topic, or one of its kind, was given a new generation."""

    topic = serializers.CharField()
    bumps = serializers.IntegerField()


@shown_as(
    {
        "is_of_all_processes": True,
        "answers": [
            {"name": "catalog.audiobook.list", "compute_ms": 210, "hit_ratio": 0.99}
            | dict.fromkeys(COUNTS, 0)
            | {"hits": 400, "local": 560, "misses": 10, "computations": 10}
        ],
        "topics": [{"topic": "catalog", "bumps": 7}],
    }
)
class CacheMetricsOut(serializers.Serializer[Any]):
    """What the cache did since the web processes began."""

    is_of_all_processes = serializers.BooleanField(help_text="Else of the one process that answers.")
    answers = CacheAnswersOut(many=True)
    topics = TopicBumpsOut(many=True)


def found() -> dict[str, Any]:
    """Return what the endpoint answers and the admin's page shows."""
    answers, bumps = cache_metrics.read()
    return {
        "is_of_all_processes": bool(settings.METRICS_DIR),
        "answers": answers,
        "topics": [{"topic": topic, "bumps": number} for topic, number in sorted(bumps.items())],
    }


class CacheMetrics(APIView):
    """GET staff/cache/ → 200 · 401 · 403."""

    permission_classes = (IsStaff,)

    @extend_schema(
        tags=["staff"],
        operation_id="cache_metrics",
        summary="See what was answered from the cache",
        description="For staff. No query is made for it.",
        responses=CacheMetricsOut,
        extensions={"x-problems": {"403": IsStaff.message}},
    )
    def get(self, request: Request) -> Response:
        """Answer the counts."""
        return Response(CacheMetricsOut(found()).data, headers={"Cache-Control": "no-store"})


# --8<-- [start:metrics-guard]
def may_scrape(request: HttpRequest) -> bool:
    """
    Say whether this is Prometheus: it sends ``METRICS_TOKEN``, or, where there is none, asks from this very machine.

    A proxy on this machine asks for others, and says so: then it is not.
    """
    if settings.METRICS_TOKEN:
        return constant_time_compare(
            request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
        )
    is_forwarded = {"X-Forwarded-For", "Forwarded"} & set(request.headers)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded
    # --8<-- [end:metrics-guard]


@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """GET /metrics → 200 for Prometheus · 404 for everybody else."""
    if not may_scrape(request):
        raise Http404
    return HttpResponse(generate_latest(cache_metrics.registry()), content_type=CONTENT_TYPE_LATEST)
