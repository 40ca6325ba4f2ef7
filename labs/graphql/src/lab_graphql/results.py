"""Mutations with typed results: what a caller can put right is data, a union's ``InvalidInput``, and no error."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Wrong = TypeVar("Wrong", bound=Exception)


@dataclass(frozen=True, slots=True)
class InputError:
    """One wrong value: ``path`` leads from the mutation's arguments to it, ``("input", "title")``."""

    path: tuple[str, ...]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class InvalidInput:
    """The input is wrong, and nothing has changed."""

    errors: tuple[InputError, ...]


def typed_result(
    kind: type[Wrong], errors_of: Callable[[Wrong], Iterable[InputError]]
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, "Result | InvalidInput"]]:
    """
    Let a mutation's resolver answer ``InvalidInput`` where it raises ``kind``; every other exception stays an error.

    ``errors_of(exc)`` names the wrong values. For a field whose type is ``union … = Thing | InvalidInput``. The service
    must have taken its changes back, as a ``transaction.atomic`` that is left by an exception does.
    """

    def decorate(resolver: Callable[Arguments, Result]) -> Callable[Arguments, "Result | InvalidInput"]:
        @functools.wraps(resolver)
        def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Any:
            # --8<-- [start:typed-result]
            try:
                return resolver(*args, **kwargs)
            except kind as error:
                return InvalidInput(tuple(errors_of(error)))
            # --8<-- [end:typed-result]

        return answer

    return decorate
