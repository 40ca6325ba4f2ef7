"""Whom a route lets in, by role."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request

from audiobooks.principal import Principal, Role


class IsCurator(BasePermission):
    """Lets curators and staff in."""

    message = "Only curators may do this."

    def has_permission(self, request: Request, view: object) -> bool:
        """Return whether the caller looks after the catalogue."""
        user: object = request.user
        return isinstance(user, Principal) and user.is_curator


class IsStaff(BasePermission):
    """Lets staff in."""

    message = "Only staff may do this."

    def has_permission(self, request: Request, view: object) -> bool:
        """Return whether the caller looks after the platform."""
        user: object = request.user
        return isinstance(user, Principal) and user.role == Role.STAFF


class ReadForAllWriteForMembers(IsAuthenticated):
    """Lets everybody read; what a caller may see is the selector's decision."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether this method is open to the caller."""
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class ReadForAllWriteForCurators(IsCurator):
    """Lets everybody read; what a caller may see is the selector's decision."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Return whether this method is open to the caller."""
        # --8<-- [start:curators-write]
        return request.method in SAFE_METHODS or super().has_permission(request, view)
        # --8<-- [end:curators-write]
