"""Step 3: the part says how long, and understands what a server behind this one says."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from lab_retry.retry_after import retry_after, wait_s
from retry_playground.outage import refusal, seconds_left

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def service(request: HttpRequest) -> HttpResponse:
    """Answer 200 once the service is back, else 503 with the wait."""
    left = seconds_left(request)
    return refusal(Retry_After=retry_after(left)) if left > 0 else HttpResponse("back")


def busy(request: HttpRequest) -> HttpResponse:
    """Answer 503 and ask for a wait of ``?wait_s=``."""
    return refusal(Retry_After=retry_after(float(request.GET["wait_s"])))


def relay(request: HttpRequest) -> HttpResponse:
    """Pass on, at noon, what a server behind this one asks for: ``?upstream=``. 502 where nobody understands it."""
    try:
        wait = wait_s(request.GET["upstream"], NOON)
    except ValueError:
        return HttpResponse(status=502)
    return HttpResponse(status=503, headers={"Retry-After": f"{wait:.0f}"})
