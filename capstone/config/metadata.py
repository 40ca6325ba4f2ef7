"""What OPTIONS answers."""

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class AllowedMethodsOnly(BaseMetadata):
    """Nothing but the Allow field: REST framework's own would run permissions and queries of other methods for it."""

    def determine_metadata(self, request: Request, view: object) -> dict[str, str]:
        """Return an empty object. (`view` is an APIView; naming the type here would be a circular import.)"""
        return {}
