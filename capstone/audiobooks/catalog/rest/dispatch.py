"""How a usual read gets to its view: with the same checks in the same order as any request, and nothing else prepared."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

JSON = "application/json"
PLAINLY_JSON = {"", "*/*", JSON}  # as config.negotiation has it, which REST framework imports before this
RENDERER = JSONRenderer()
ALLOWED: dict[type, str] = {}  # the methods of each view, which REST framework looks for at each request


class PlainReads(GenericAPIView[Any]):
    """
    Answers a GET that takes JSON, which nearly all are, without a parser, a negotiator and a version.

    Whatever else is asked goes the way of REST framework, whose ``APIView.dispatch`` this follows step by step.
    """

    # --8<-- [start:dispatch]
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer."""
        if request.method != "GET" or request.META.get("HTTP_ACCEPT", "") not in PLAINLY_JSON:
            return super().dispatch(request, *args, **kwargs)
        self.args, self.kwargs, self.format_kwarg = args, kwargs, None
        self.request = asked = Request(request, authenticators=self.get_authenticators())
        asked.accepted_renderer, asked.accepted_media_type = RENDERER, JSON
        if type(self) not in ALLOWED:
            ALLOWED[type(self)] = self.default_response_headers["Allow"]
        self.headers = {"Allow": ALLOWED[type(self)]}
        try:
            self.perform_authentication(asked)
            self.check_permissions(asked)
            self.check_throttles(asked)
            response: HttpResponseBase = self.get(asked, *args, **kwargs)  # type: ignore[attr-defined]
        except Exception as error:  # noqa: BLE001 -- as APIView does: what is no problem document is raised again
            response = self.handle_exception(error)
        if isinstance(response, Response):
            return self.finalize_response(asked, response, *args, **kwargs)
        for name, value in self.headers.items():
            response.headers[name] = value
        return response

    # --8<-- [end:dispatch]
