"""Step 4: a token says who calls, a permission who may write."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest.serializers import StrictSerializer
from rest_playground import openapi, step3_keyset
from rest_playground.tokens import LIFETIME, Caller, TokenRefused, caller_from, token_for

CHALLENGE = 'Bearer realm="rest-playground"'


class Credentials(StrictSerializer):
    """What a token is given for."""

    name = serializers.CharField(max_length=100)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class Token(serializers.Serializer[dict[str, object]]):
    """An access token, with the members of RFC 6749, section 5.1."""

    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="In seconds.")


class Tokens(APIView):
    """POST /step4/tokens/ {"name", "password"} → 200 Token · 400 invalid-input · 401 authentication-failed."""

    authentication_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        """Make a refusal a 401: without a challenge, Django REST framework answers 403."""
        return CHALLENGE

    @extend_schema(request=Credentials, responses=openapi.answers(Token, 200, 400, 401))
    def post(self, request: Request) -> Response:
        credentials = Credentials(data=request.data)
        credentials.is_valid(raise_exception=True)
        try:
            token = token_for(**credentials.validated_data, now=timezone.now())
        except TokenRefused as error:
            raise AuthenticationFailed(str(error)) from error
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
        }
        return Response(Token(answer).data, headers={"Cache-Control": "no-store"})


# --8<-- [start:permissions]
class BearerToken(BaseAuthentication):
    """``Authorization: Bearer …`` (RFC 6750, section 2.1). No header: an anonymous caller. A wrong token: 401."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return caller_from(token.strip()), token
        except TokenRefused as error:
            raise AuthenticationFailed(str(error)) from error

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class ObserversWrite(BasePermission):
    """Of those who are known, observers may write."""

    message = "Only observers may change readings."

    def has_permission(self, request: Request, view: APIView) -> bool:
        caller: Any = request.user  # a Caller: BearerToken made it
        return request.method in SAFE_METHODS or caller.role == "observer"


class Readings(step3_keyset.Readings):
    """As step 3, at /step4/readings/ · 401 not-authenticated · 403 permission-denied."""

    authentication_classes = [BearerToken]
    permission_classes = [IsAuthenticatedOrReadOnly, ObserversWrite]  # else 401, else 403


# --8<-- [end:permissions]
