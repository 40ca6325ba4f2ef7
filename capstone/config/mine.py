"""
The parts that a student wrote.

`./nexus up --mine` names their labs in NEXUS_MINE. The start proves it by each module's file; every answer says it.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


def proven(labs: Sequence[str], work_dir: Path | str) -> list[str]:
    """Return the labs. Raises ``ImproperlyConfigured`` where one's part does not come from ``work_dir/<lab>/``."""
    for lab in labs:
        part, home = f"lab_{lab}", Path(work_dir, lab).resolve()
        spec = find_spec(part) if part.isidentifier() else None
        file = Path(spec.origin).resolve() if spec and spec.origin else None
        if file is None or not file.is_relative_to(home):
            raise ImproperlyConfigured(
                f"NEXUS_MINE names {lab}, but {part} comes from {file or 'nowhere'}, not from {home}. "
                f"Start with `./nexus up --mine`, which puts {home} first on the import path, or empty NEXUS_MINE."
            )
    return list(labs)


class MineMiddleware:
    """Name the student's parts in ``X-Nexus-Mine``; first of all, so that no answer goes around it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.NEXUS_MINE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.labs = ", ".join(settings.NEXUS_MINE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the header."""
        response = self.get_response(request)
        response.headers["X-Nexus-Mine"] = self.labs
        return response
