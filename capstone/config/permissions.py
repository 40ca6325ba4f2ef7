"""The permission of a view that names none."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class NobodyByDefault(BasePermission):
    """Refuses everybody: a route is closed until its view says whom it is for."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return False."""
        return False
