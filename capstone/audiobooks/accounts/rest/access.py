"""Whom a view of accounts is for, what it was sent, and from which device."""

from typing import Any

from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from audiobooks.accounts.devices import Device, device_from
from lab_rest.serializers import StrictSerializer


class AccountView(APIView):
    """Nothing here is kept by any cache."""

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return what every answer says, errors too."""
        return super().default_response_headers | {"Cache-Control": "no-store"}


class OpenView(AccountView):
    """For everybody: what the body carries is the proof, and a token in the header is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class SignedInView(AccountView):
    """For users."""

    permission_classes = (IsAuthenticated,)


def body_of(request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
    """Return a request's body. Raises DRF's ``ValidationError``."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def device_of(request: Request) -> Device:
    """Return the device a request comes from. Its address is the one that limits are counted by."""
    return device_from(request.headers.get("User-Agent", ""), BaseThrottle().get_ident(request))
