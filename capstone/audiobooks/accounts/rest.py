"""Log-in, and who am I."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from audiobooks.accounts import selectors, services
from audiobooks.accounts.authentication import principal_of
from audiobooks.accounts.tokens import AccessToken


class CredentialsIn(serializers.Serializer[dict[str, str]]):
    """What a caller logs in with."""

    username = serializers.CharField(max_length=254, help_text="Username or e-mail, in any case.")
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class AccessTokenOut(serializers.Serializer[AccessToken]):
    """An access token, in the words of RFC 6749, section 5.1."""

    access_token = serializers.CharField(source="text")
    token_type = serializers.ChoiceField(choices=["Bearer"], default="Bearer", read_only=True)
    expires_in = serializers.IntegerField(source="expires_in_s", help_text="Seconds from now.")


class MeOut(serializers.Serializer[selectors.User]):
    """The caller."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=[role.value for role in selectors.Role])


class TokenCreate(APIView):
    """POST auth/token/ → 200 access token · 400 · 401 wrong credentials · 429."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)  # interim: the security lab's atomic limiter replaces it
    throttle_scope = "log-in"

    @extend_schema(
        request=CredentialsIn,
        responses=AccessTokenOut,
        tags=["auth"],
        operation_id="log_in",
        summary="Log in",
    )
    def post(self, request: Request) -> Response:
        """Exchange a username (or e-mail) and password for an access token."""
        credentials = CredentialsIn(data=request.data)
        credentials.is_valid(raise_exception=True)
        token = services.user_log_in(**credentials.validated_data, now=timezone.now())
        return Response(
            AccessTokenOut(token).data | {"token_type": "Bearer"}, headers={"Cache-Control": "no-store"}
        )


class Me(APIView):
    """GET me/ → 200 the caller · 401."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=MeOut, tags=["auth"], operation_id="me", summary="Who am I?")
    def get(self, request: Request) -> Response:
        """Return the account behind the access token."""
        user = selectors.user_behind(principal_of(request))
        return Response(MeOut(user).data, headers={"Cache-Control": "private, no-store"})
