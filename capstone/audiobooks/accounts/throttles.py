"""The limits of a view, counted and told to its caller."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from audiobooks.accounts.limits import EVERYTHING, Limit, Verdict, attempt
from audiobooks.principal import Principal

COUNTED = (
    "audiobooks.counted"  # in META, which no client can say: the verdict on a request that was counted before
)


class Throttle(BaseThrottle):
    """Counts a request under the limit of all requests and under those that its view names in ``limits``."""

    verdict: Verdict

    def allow_request(self, request: Request, view: Any) -> bool:
        """Return whether it passes. (`view` is an APIView; naming the type here would be a circular import.)"""
        limits = (EVERYTHING, *getattr(view, "limits", ()))
        named: dict[Limit, str] = {}
        unreadable: Exception | None = None
        if any(limit.member for limit in limits):
            try:
                named = by_member(limits, request.data)
            except (APIException, SuspiciousOperation) as error:
                unreadable = error  # it counts like any other
        self.verdict = request.META.get(COUNTED) or attempt(by_caller(limits, request) | named)
        view.headers |= fields(self.verdict)
        if unreadable and self.verdict.passes:
            raise unreadable
        return self.verdict.passes

    def wait(self) -> int | None:
        """Return how many seconds a refused caller has to wait."""
        return self.verdict.wait_s


def by_caller(limits: Iterable[Limit], request: Request | HttpRequest) -> dict[Limit, str]:
    """Return, for each limit of callers, who asks: the user where one is signed in, else the client's address."""
    # --8<-- [start:by-caller]
    user: object = request.user
    user_id = user.user_id if isinstance(user, Principal) else None
    caller = str(user_id or address_of(request))
    return {limit: caller for limit in limits if not limit.member}
    # --8<-- [end:by-caller]


def address_of(request: Request | HttpRequest) -> str:
    """Return the client's address; what proxies say of it counts as far as they are ours (NUM_PROXIES)."""
    if "HTTP_X_FORWARDED_FOR" not in request.META:
        return str(request.META.get("REMOTE_ADDR"))
    return str(BaseThrottle().get_ident(request))  # type: ignore[arg-type]  # it reads headers and META


def by_member(limits: Iterable[Limit], body: object) -> dict[Limit, str]:
    """Return, for each other limit, what its member of the body says; nothing where that is no text."""
    values = body if isinstance(body, Mapping) else {}
    return {
        limit: value.strip().casefold()
        for limit in limits
        if limit.member and isinstance(value := values.get(limit.member), str)
    }


def fields(verdict: Verdict) -> dict[str, str]:
    """
    Return the fields that tell callers of their limits (draft-ietf-httpapi-ratelimit-headers-11).

    Limits per account are not told: what is left would tell a stranger how busy its owner is (section 8.2).
    """
    # --8<-- [start:fields]
    told = {limit: room for limit, room in verdict.rooms.items() if not limit.member}
    if not told:
        return {}
    return {
        "RateLimit-Policy": ", ".join(f'"{limit.name}";q={limit.quota};w={limit.window_s}' for limit in told),
        "RateLimit": ", ".join(
            f'"{limit.name}";r={room.remaining};t={room.wait_s}' for limit, room in told.items()
        ),
    }
    # --8<-- [end:fields]
