"""Step 2: say how long, by ``int()``. The caller comes back half a second early."""

from django.http import HttpRequest, HttpResponse

from retry_playground.outage import refusal, seconds_left


def service(request: HttpRequest) -> HttpResponse:
    """Answer 200 once the service is back, else 503 with the wait."""
    left = seconds_left(request)
    return refusal(Retry_After=str(int(left))) if left > 0 else HttpResponse("back")
