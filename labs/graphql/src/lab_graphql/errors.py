"""What a caller is told when a request or a field fails: a code, a place, a problem type, and nothing of ours."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import uuid4

from django.http import HttpRequest
from graphql import FieldNode, GraphQLError, Node, ValueNode

logger = logging.getLogger(__name__)
MESSAGE = 500  # characters of an error's message at most: it may repeat what the caller sent


class ProblemLike(Protocol):
    """What a mapping of exceptions answers: ``type`` is a kebab-case slug, ``title`` the same for all of a type."""

    @property
    def status(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def errors(self) -> Any: ...
    @property
    def headers(self) -> Mapping[str, str] | None: ...


ProblemFor = Callable[[BaseException, HttpRequest], "ProblemLike | None"]


class Refused(GraphQLError):
    """
    A refusal that is meant for the caller, from anywhere: before execution, or in a resolver, where it gets a path.

    It is a ``ProblemLike``. ``errors`` names wrong inputs, in the form of your own problem documents. ``nodes`` are the
    places in the document.
    """

    def __init__(
        self,
        type: str,  # noqa: A002 -- the member of a problem document
        detail: str,
        *,
        status: int = 400,
        title: str = "",
        errors: Any = None,
        headers: Mapping[str, str] | None = None,
        nodes: Node | Sequence[Node] | None = None,
    ) -> None:
        super().__init__(detail, nodes)
        self.type = type
        self.status = status
        self.title = title or type.replace("-", " ").capitalize()
        self.detail = detail
        self.errors = errors
        self.headers = headers


class OutOfTime(BaseException):
    """The request's time is over. Not an ``Exception``: a resolver's error ends one field, this ends the request."""


class Errors:
    """
    Tell errors to callers: ``Errors(problem_for, base="https://example.org/errors/#")``.

    ``problem_for(exc, request)`` is your own mapping of exceptions, the one your REST interface uses; None from it
    means a defect of ours. ``base`` and a slug make a problem's ``type``.
    """

    def __init__(self, problem_for: ProblemFor | None = None, base: str = "/errors/#") -> None:
        self.base = base
        self._problem_for = problem_for

    def problem_of(self, exc: BaseException, request: HttpRequest) -> ProblemLike:
        """Return the problem that tells of ``exc``; a defect is logged here, and told as an id alone."""
        # --8<-- [start:safe-errors]
        if isinstance(exc, Refused):
            return exc
        problem = self._problem_for(exc, request) if self._problem_for else None
        if problem is not None:
            return problem
        request_id = _request_id_of(request)
        logger.error("A resolver failed, request %s", request_id, exc_info=exc, extra={"request": request})
        detail = f"Something failed on our side. Quote {request_id} when you report it."
        return Refused("server-error", detail, status=500)
        # --8<-- [end:safe-errors]

    def told(self, error: GraphQLError, request: HttpRequest) -> dict[str, Any]:
        """Return one entry of ``errors`` for an error of execution; its ``path`` and ``locations`` are kept."""
        cause = _cause_of(error)
        if isinstance(cause, GraphQLError) and not isinstance(cause, Refused) and _is_about_a_value(error):
            return self.entry(Refused("invalid-variables", cause.message), request, error)
        return self.entry(self.problem_of(cause, request), request, error)

    def entry(
        self, problem: ProblemLike, request: HttpRequest, place: GraphQLError | None = None
    ) -> dict[str, Any]:
        """
        Return ``{"message", "locations"?, "path"?, "extensions"}``.

        ``extensions`` are ``code`` (the slug, as ``TOO_DEEP``), ``type``, ``title``, ``status``, ``request_id`` and,
        for wrong input, ``errors``: the members of the REST interface's problem documents.
        """
        entry: dict[str, Any] = {"message": problem.detail[:MESSAGE] or problem.title}
        if place is not None and place.locations:
            entry["locations"] = [location.formatted for location in place.locations]
        if place is not None and place.path:
            entry["path"] = place.path
        entry["extensions"] = {
            "code": problem.type.replace("-", "_").upper(),
            "type": self.base + problem.type,
            "title": problem.title,
            "status": problem.status,
            "request_id": _request_id_of(request),
        }
        if problem.errors:
            entry["extensions"]["errors"] = problem.errors
        return entry

    def entries(
        self, kind: str, errors: Iterable[GraphQLError], request: HttpRequest
    ) -> list[dict[str, Any]]:
        """Return entries for errors in the caller's own text, whose messages are safe: ``syntax-error`` and such."""
        return [
            self.entry(error if isinstance(error, Refused) else Refused(kind, error.message), request, error)
            for error in errors
        ]


def _cause_of(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _is_about_a_value(error: GraphQLError) -> bool:
    """Whether it speaks of an argument's value, which the caller has sent, and not of what a resolver returned."""
    nodes = error.nodes or [FieldNode()]
    return isinstance(nodes[0], ValueNode)


def _request_id_of(request: HttpRequest) -> str:
    if not hasattr(request, "request_id"):
        request.request_id = uuid4().hex  # type: ignore[attr-defined]  # as lab_rest's middleware sets it
    return str(request.request_id)  # type: ignore[attr-defined]
