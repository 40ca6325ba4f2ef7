"""How many queries an answer took, told in its header ``X-Queries``."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext


class CountQueries:
    """Middleware: count the queries of each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with CaptureQueriesContext(connection) as queries:
            response = self.get_response(request)
        response["X-Queries"] = str(len(queries))
        return response
