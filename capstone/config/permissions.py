"""The permission of a view that names none."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


# --8<-- [start:nobody]
class NobodyByDefault(BasePermission):
    """Refuses everybody: a route is closed until its view says whom it is for."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Return False. (`view` is an APIView; naming the type here would be a circular import.)"""
        return False


# --8<-- [end:nobody]
