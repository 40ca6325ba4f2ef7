"""The outage that every step answers for."""

from django.http import HttpRequest, HttpResponse

BACK_AT_S = 29.5


def seconds_left(request: HttpRequest) -> float:
    """Return how long the service is still down at the moment ``?at=``, in seconds."""
    return BACK_AT_S - float(request.GET.get("at", "0"))


def refusal(**headers: str) -> HttpResponse:
    """Return a 503 with these headers, ``Retry_After`` being Retry-After."""
    return HttpResponse(
        status=503, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
