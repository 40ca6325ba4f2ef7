"""
The SQL that the capstone sends for a request, taken down while it answers one: for a bare program that sends the same.

Where the capstone's code changes, so does what is taken down: nothing is copied.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

DOCUMENT = "document"  # a JSON object among the parameters: it is made anew for each request
Plain = str | int | bool | None


class Parameter(msgspec.Struct, frozen=True):
    """What stands for a ``%s``: what a request says, by name, or what every request has there."""

    name: str = ""
    value: Plain = None


class Statement(msgspec.Struct, frozen=True):
    """A statement, the names of the columns that it answers, and whether it is part of the request's transaction."""

    sql: str
    parameters: dict[str, Parameter] | list[Parameter]
    columns: list[str]
    is_in_transaction: bool

    @property
    def takes_document(self) -> bool:
        """Tell whether one of its parameters is the JSON document."""
        return isinstance(self.parameters, list) and any(one.name == DOCUMENT for one in self.parameters)

    def given(self, values: Mapping[str, Any]) -> Any:
        """Return its parameters for a request that says these values."""
        if isinstance(self.parameters, dict):
            return {key: values[one.name] if one.name else one.value for key, one in self.parameters.items()}
        return [values[one.name] if one.name else one.value for one in self.parameters]


def taken_down(answer: Callable[[], int], said: Mapping[str, Any]) -> list[Statement]:
    """
    Return the statements that Django's own connection sends while ``answer`` answers a request, with a 200.

    ``said`` are what the request says, by name: their values become parameters of that name.
    """
    from django.db import connection  # noqa: PLC0415 -- after Django is set up

    statements: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        named = (
            {key: parameter(value, said) for key, value in params.items()}
            if isinstance(params, Mapping)
            else [parameter(value, said) for value in params or ()]
        )
        columns = [column.name for column in context["cursor"].description or ()]
        statements.append(Statement(sql, named, columns, connection.in_atomic_block))
        return result

    with connection.execute_wrapper(note):
        status = answer()
    connection.close()
    if status != 200 or not statements:
        raise SystemExit(f"the capstone answered {status}, with {len(statements)} statements")
    return statements


def parameter(value: Any, said: Mapping[str, Any]) -> Parameter:
    """Return what stands for a value. Ends the program where it is neither said nor plain."""
    for name, one in said.items():
        if value == one:
            return Parameter(name)
    if isinstance(value, str) and value.startswith("{"):
        return Parameter(DOCUMENT)
    plain = value.value if isinstance(value, Enum) else value
    if not isinstance(plain, Plain):
        raise SystemExit(f"the request does not say {value!r}, which the capstone sends")
    return Parameter(value=plain)


def written(programs: Mapping[str, Sequence[Statement]]) -> dict[str, str]:
    """Return the environment that tells ``nexus.bench.replayed`` what to send."""
    return {"BARE_STATEMENTS": msgspec.json.encode(programs).decode()}


def read(text: str) -> dict[str, list[Statement]]:
    """Return the statements of ``written``."""
    return msgspec.json.decode(text, type=dict[str, list[Statement]])
