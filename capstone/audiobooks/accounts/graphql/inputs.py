"""What callers send with a mutation: read by REST's serializers, and what is wrong told as data."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote

from graphql import GraphQLResolveInfo
from rest_framework.exceptions import ValidationError

from audiobooks.errors import Invalid
from lab_graphql.loaders import Loaders
from lab_graphql.results import InputError, typed_result
from lab_rest.field_errors import body_errors

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def valid(serializer: type[Any], given: Mapping[str, Any]) -> Any:
    """Return an input as the serializer that has accepted it. Raises ``ValidationError``."""
    accepted = serializer(data=given)
    accepted.is_valid(raise_exception=True)
    return accepted


def without(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return an input without what REST has in the address, or in a header."""
    return {each: value for each, value in given.items() if each not in names}


# --8<-- [start:changing]
def changing(resolver: Resolver) -> Resolver:
    """
    Let a mutation's resolver answer ``InvalidInput`` for input that REST would refuse with 400; other errors stay errors.

    Each begins with loaders of its own: what an earlier mutation of the request was told may have changed.
    """
    told = typed_result(ValidationError, wrong_values)(typed_result(Invalid, wrong_whole)(resolver))

    def change(parent: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        info.context.loaders = Loaders()
        return told(parent, info, **arguments)

    change.__wrapped__ = resolver  # type: ignore[attr-defined]  # where a start that fails points at
    return change  # type: ignore[return-value]


# --8<-- [end:changing]


def wrong_values(error: ValidationError) -> Iterator[InputError]:
    """Name each wrong value by the SDL's names: REST's ``#/events/0/heard_from_ms`` is events, 0, heardFromMs."""
    for one in body_errors(error.detail):
        words = [
            unquote(word).replace("~1", "/").replace("~0", "~") for word in one["pointer"].split("/")[1:]
        ]
        yield InputError(("input", *map(camel, words)), one["code"], one["detail"])


def wrong_whole(error: Invalid) -> Iterator[InputError]:
    """Name the input as a whole, in the domain's word."""
    yield InputError(("input",), error.code, error.detail)


def camel(name: str) -> str:
    """Return a name as the SDL spells it."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
