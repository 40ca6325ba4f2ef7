"""Jobs: finished uploads become a draft, in the background."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import user_id_of
from audiobooks.accounts.permissions import IsCurator
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.operations import IDEMPOTENCY_KEY, ONLY_CURATORS, changes
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.media import selectors, services
from audiobooks.media.models import Job, JobSource
from audiobooks.media.rest.uploads import EXAMPLE as UPLOAD
from lab_rest.idempotency import idempotent
from lab_rest.pagination import KeysetPagination
from lab_rest.preconditions import etag_of
from lab_rest.serializers import StrictSerializer

EXAMPLE_IN = {"uploads": [UPLOAD["id"]]}
EXAMPLE = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d90",
    "state": "running",
    "stage": "checking",
    "progress_percent": 41,
    "attempts": 1,
    "reason_code": "",
    "reason": "",
    "audiobook": None,
    "publishes": False,
    "files": ["emma.m4b"],
    "created_at": "2026-01-02T09:10:00Z",
    "changed_at": "2026-01-02T09:10:04Z",
}


@shown_as(EXAMPLE_IN)
class NewJob(StrictSerializer):
    """Finished uploads, in the order of the book."""

    uploads = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=Job.MOST_SOURCES, help_text="Ids."
    )
    audiobook = serializers.UUIDField(
        required=False, help_text="A draft without sound, to become its sound; else they become a new draft."
    )
    publish = serializers.BooleanField(
        default=False, help_text="Let listeners see that audiobook as soon as it is done."
    )


@shown_as(EXAMPLE)
class JobOut(serializers.ModelSerializer[Job]):
    """How far a job has come."""

    reason = serializers.CharField(
        help_text="Why it failed, what the last try stumbled over, or what was left out."
    )
    reason_code = serializers.SerializerMethodField(
        help_text="The reason in a word, as the page of errors lists it."
    )
    audiobook = serializers.UUIDField(
        source="audiobook_id", allow_null=True, help_text="The draft named at the start, or made once done."
    )
    files = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id",
            "state",
            "stage",
            "progress_percent",
            "attempts",
            "reason_code",
            "reason",
            "audiobook",
            "publishes",
            "files",
            "created_at",
            "changed_at",
        )
        read_only_fields = fields

    def get_reason_code(self, job: Job) -> str:
        """Return it as problems spell their types."""
        return job.reason_code.replace("_", "-")

    def get_files(self, job: Job) -> list[str]:
        """Return what the files are called."""
        sources: list[JobSource] = list(job.sources.all())
        return [source.file_name for source in sources]


@extend_schema_view(
    get=extend_schema(
        tags=["curating"],
        operation_id="jobs_list",
        summary="List your jobs",
        description="For curators. One page of your own, the newest first. Follow `next` for more.",
        extensions={"x-problems": ONLY_CURATORS},
    )
)
@changes(
    "post",
    "jobs_create",
    "Make a draft of finished uploads",
    request=NewJob,
    response=JobOut,
    header=IDEMPOTENCY_KEY,
    problems={
        "404": "`audiobook-unknown`.",
        "409": "`upload-unfinished`, `already-ingested`, `wrong-status` or `has-audio`;"
        " or the first request with this key is still running.",
    },
)
class Jobs(generics.ListAPIView[Job]):
    """GET jobs/ → 200 a page of one's own · 401 · 403. POST → 201 · 400 · 401 · 403 · 404 · 409 · 422."""

    permission_classes = (IsCurator,)
    pagination_class = KeysetPagination
    serializer_class = JobOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-created_at": ("-created_at", "-id")}
    default_ordering = "-created_at"

    def get_queryset(self) -> Any:
        """Return the caller's jobs."""
        if getattr(self, "swagger_fake_view", False):
            return Job.objects.none()
        return selectors.jobs_of(user_id_of(self.request))

    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        """Queue a job."""
        asked = valid(NewJob, request).validated_data
        job = services.job_begin(
            curator_id=user_id_of(request),
            upload_ids=asked["uploads"],
            audiobook_id=asked.get("audiobook"),
            publish=asked["publish"],
            now=timezone.now(),
        )
        headers = {"Location": reverse("v1:job", args=[job.pk]), "ETag": etag_of(job.pk, job.changed_at)}
        return Response(JobOut(job).data, status=201, headers=headers)


def turn(operation_id: str, summary: str, conflict: str) -> Any:
    """Describe a change of a job's state in the OpenAPI document."""
    return extend_schema_view(
        post=extend_schema(
            tags=["curating"],
            operation_id=operation_id,
            summary=summary,
            description="For curators, of their own.",
            request=None,
            responses=JobOut,
            extensions={"x-problems": ONLY_CURATORS | {"409": conflict}},
        )
    )


@turn("jobs_cancel", "Cancel a job", "`job-over`.")
class JobCancel(APIView):
    """POST jobs/{id}/cancel/ → 200 · 401 · 403 · 404 · 409."""

    permission_classes = (IsCurator,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Stop a job."""
        job = services.job_cancel(job_id=identifier(id), curator_id=user_id_of(request), now=timezone.now())
        return Response(JobOut(job).data)


@turn(
    "jobs_retry",
    "Try a job again",
    "`job-not-over`, `upload-ended`, `already-ingested`, `wrong-status` or `has-audio`.",
)
class JobRetry(APIView):
    """POST jobs/{id}/retry/ → 200 · 401 · 403 · 404 · 409."""

    permission_classes = (IsCurator,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Queue a job that failed or was cancelled."""
        job = services.job_retry(job_id=identifier(id), curator_id=user_id_of(request), now=timezone.now())
        return Response(JobOut(job).data)
