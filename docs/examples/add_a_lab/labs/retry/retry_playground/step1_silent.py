"""Step 1: say no, and nothing more. The caller guesses."""

from django.http import HttpRequest, HttpResponse

from retry_playground.outage import refusal, seconds_left


def service(request: HttpRequest) -> HttpResponse:
    """Answer 200 once the service is back, else 503."""
    return refusal() if seconds_left(request) > 0 else HttpResponse("back")
