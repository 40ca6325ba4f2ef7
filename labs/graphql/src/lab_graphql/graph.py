"""One graph: a schema with its limits and documents, and how a request is executed on it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from graphql import ExecutionContext, ExecutionResult, GraphQLError, GraphQLSchema, execute_sync

from lab_graphql.cost import check_cost
from lab_graphql.documents import DocumentCache, Invalid, Prepared, TrustedDocuments, prepare
from lab_graphql.errors import Errors, OutOfTime, Refused
from lab_graphql.limits import Limits, check_variables
from lab_graphql.loaders import Loaders
from lab_graphql.lookahead import Shaped


@dataclass(slots=True)
class Context:
    """
    What resolvers find in ``info.context``: one for each request, never shared. Subclass it with your own members.

    ``ends_at`` is when the time of a query is over, by ``time.monotonic``; None for a mutation.
    """

    request: HttpRequest
    loaders: Loaders = field(default_factory=Loaders)
    ends_at: float | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A GraphQL-over-HTTP request's parameters; ``query`` or ``document_id`` says the document."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Told:
    """A response: ``status`` is that of ``application/graphql-response+json``; no ``data`` where nothing was executed."""

    body: dict[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Execution(ExecutionContext):
    """graphql-core's execution, which stops when the time is over and takes ``Shaped`` values as they are."""

    context_value: Context

    def execute_field(self, parent_type: Any, source: Any, field_nodes: Any, path: Any) -> Any:
        ends_at = self.context_value.ends_at
        if ends_at is not None and time.monotonic() > ends_at:
            raise OutOfTime
        return super().execute_field(parent_type, source, field_nodes, path)

    def complete_value(self, return_type: Any, field_nodes: Any, info: Any, path: Any, result: Any) -> Any:
        if type(result) is Shaped:
            return result.value
        return super().complete_value(return_type, field_nodes, info, path, result)


class Graph:
    """
    A schema, served within limits: ``Graph(load_schema(…), errors=Errors(problem_for))``.

    ``introspection`` tells the schema to whoever asks; off, no suggestions are made in errors either. With ``trusted``
    documents a request may name one; with ``only_trusted`` it must. ``tells_cost`` adds ``extensions.cost`` to answers.
    Each trusted document is prepared here, so that one that no longer fits the schema stops the start: ``ValueError``.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        errors: Errors | None = None,
        limits: Limits | None = None,
        introspection: bool = False,
        trusted: TrustedDocuments | None = None,
        only_trusted: bool = False,
        tells_cost: bool = False,
    ) -> None:
        self.schema = schema
        self.errors = errors or Errors()
        self.limits = limits or Limits()
        self.introspection = introspection
        self.only_trusted = only_trusted
        self.tells_cost = tells_cost
        self.documents = DocumentCache(self._prepare)
        self._trusted = {name: self._trust(name, text) for name, text in (trusted or {}).items()}

    def prepared(self, asking: Asking) -> Prepared:
        """Return the document that is asked for. Raises ``Refused`` and ``Invalid``."""
        # --8<-- [start:document]
        if asking.document_id is not None:
            if asking.document_id not in self._trusted:
                raise Refused(
                    "unknown-document", "documentId: this server knows no such document.", status=404
                )
            return self._trusted[asking.document_id]
        if self.only_trusted:
            raise Refused(
                "only-trusted-documents", "Name a document that is agreed on: documentId.", status=403
            )
        if asking.query is None:
            raise Refused("invalid-request", "query: send a document, or the id of one in documentId.")
        return self.documents.get(asking.query)
        # --8<-- [end:document]

    def answer(self, asking: Asking, context: Context) -> Told:
        """Execute what is asked for; whatever goes wrong is told in the body, and never raised."""
        request = context.request
        try:
            prepared = self.prepared(asking)
            operation = prepared.operation(asking.operation_name)
            check_variables(asking.variables, self.limits)
            name = operation.name.value if operation.name else ""
            cost = check_cost(prepared.prices[name], asking.variables, self.limits)
            if prepared.is_query(name or None):
                context.ends_at = time.monotonic() + self.limits.seconds
            result = self._execute(prepared, name or None, asking, context)
        except Refused as refused:
            return self.refusal(refused, request)
        except Invalid as invalid:
            return Told({"errors": self.errors.entries("invalid-document", invalid.errors, request)}, 400)
        except OutOfTime:
            told = f"A query may take {self.limits.seconds:g} s."
            return self.refusal(Refused("out-of-time", told, status=503), request)
        told_result = self._told(result, request)
        if self.tells_cost:
            told_result.body["extensions"] = {"cost": cost}
        return told_result

    def refusal(self, exc: BaseException, request: HttpRequest) -> Told:
        """Return the answer to a request that is refused as a whole; a defect of ours is logged, and told as a 500."""
        problem = self.errors.problem_of(exc, request)
        place = exc if isinstance(exc, GraphQLError) else None
        body = {"errors": [self.errors.entry(problem, request, place)]}
        return Told(body, problem.status, problem.headers or {})

    def _execute(
        self, prepared: Prepared, name: str | None, asking: Asking, context: Context
    ) -> ExecutionResult:
        return execute_sync(
            self.schema,
            prepared.document,
            context_value=context,
            variable_values=dict(asking.variables),
            operation_name=name,
            max_coercion_errors=20,
            execution_context_class=Execution,
            hide_suggestions=not self.introspection,
        )

    def _told(self, result: ExecutionResult, request: HttpRequest) -> Told:
        errors = result.errors or []
        if result.data is None and errors and not any(error.path for error in errors):  # never begun
            return Told({"errors": self.errors.entries("invalid-variables", errors, request)}, 400)
        body: dict[str, Any] = (
            {"errors": [self.errors.told(error, request) for error in errors]} if errors else {}
        )
        return Told({**body, "data": result.data})

    def _prepare(self, text: str) -> Prepared:
        return prepare(text, self.schema, self.limits, introspection=self.introspection)

    def _trust(self, name: str, text: str) -> Prepared:
        try:
            return self._prepare(text)
        except Invalid as invalid:
            raise ValueError(f"{name}: {invalid.errors[0]}") from invalid
        except Refused as refused:
            raise ValueError(f"{name}: {refused.detail}") from refused
