"""What the caller asked for below a field, so that a resolver fetches that, at once, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ariadne import convert_camel_case_to_snake
from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    get_argument_values,
    get_named_type,
)
from graphql.execution.collect_fields import collect_sub_fields


@dataclass(frozen=True)
class Asked:
    """One field that was asked for: ``key`` is its name in the answer (the alias), ``kind`` the type it stands on."""

    key: str
    name: str
    kind: str
    nodes: Sequence[FieldNode]
    info: GraphQLResolveInfo

    @cached_property
    def attribute(self) -> str:
        """The name in Python: ``pageInfo`` is ``page_info``."""
        return _snake(self.name)

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """The field's arguments, coerced, by their names in Python."""
        kind = self.info.schema.type_map[self.kind]
        field = kind.fields[self.name]  # type: ignore[attr-defined]  # fields are asked of objects
        return get_argument_values(field, self.nodes[0], self.info.variable_values)

    @cached_property
    def below(self) -> "Selection":
        """What is asked for below it; empty for a scalar, and for what introspection tells."""
        kind = self.info.schema.type_map[self.kind]
        field = getattr(kind, "fields", {}).get(self.name)
        return Selection(() if field is None else _asked(self.info, get_named_type(field.type), self.nodes))


@dataclass(frozen=True)
class Selection:
    """
    Fields that are asked for, in the order of the document.

    Fragments are taken apart, ``@skip`` and ``@include`` obeyed. Under an interface or a union there are the fields of
    each possible type. An alias makes one entry more of the same name.
    """

    fields: tuple[Asked, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the fields, whatever their aliases."""
        return frozenset(field.name for field in self.fields)

    def asks(self, *path: str) -> bool:
        """Whether some field at ``path`` is asked for: ``asks("edges", "node", "authors")``."""
        *before, last = path
        return last in self.at(*before).names

    def at(self, *path: str) -> "Selection":
        """Return what is asked for below ``path``, of all aliases together; empty where nothing is."""
        found = self
        for name in path:
            found = Selection(
                tuple(below for field in found.fields if field.name == name for below in field.below.fields)
            )
        return found

    def calls(self, name: str) -> list[tuple[dict[str, Any], "Selection"]]:
        """
        Return each set of arguments that fields of this name are asked with, and all that is asked for below those.

        ``a: reviews(first: 1) {id}  b: reviews(first: 1) {stars}  reviews {id}`` are two calls, not three.
        """
        found: list[tuple[dict[str, Any], Selection]] = []
        for field in self.fields:
            if field.name == name:
                same = next((at for at, (known, _) in enumerate(found) if known == field.arguments), None)
                if same is None:
                    found.append((field.arguments, field.below))
                else:
                    merged = found[same][1].fields + field.below.fields
                    found[same] = (field.arguments, Selection(merged))
        return found


def selection_of(info: GraphQLResolveInfo) -> Selection:
    """
    Return what is asked for below the field that is being resolved, whether it is one thing, a list or a connection.

    Costs no query. ``selection_of(info).asks("authors")`` decides whether to join or prefetch.
    """
    return Selection(_asked(info, get_named_type(info.return_type), info.field_nodes))


def _asked(info: GraphQLResolveInfo, kind: GraphQLNamedType, nodes: Sequence[FieldNode]) -> tuple[Asked, ...]:
    # --8<-- [start:selection]
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
        return ()
    kinds = [kind] if isinstance(kind, GraphQLObjectType) else info.schema.get_possible_types(kind)
    return tuple(
        Asked(key, found[0].name.value, each.name, found, info)
        for each in kinds
        for key, found in collect_sub_fields(
            info.schema, info.fragments, info.variable_values, each, list(nodes)
        ).items()
    )
    # --8<-- [end:selection]


@dataclass(frozen=True, slots=True)
class Shaped:
    """
    A resolver's answer that already is what was asked for: names, aliases and scalars as they are sent.

    Execution passes it on as it is: no resolver below it runs, and nothing is checked again. ``msgspec.Raw`` of JSON
    text is taken too: it is copied into the answer. Whoever returns it answers for its form; a test compares it with the
    ordinary execution of the same document.
    """

    value: Any


def shape(value: Any, selection: Selection) -> Any:
    """
    Return ``value`` cut down to ``selection``, under the keys that the caller gave.

    ``value`` may be a dict by GraphQL names (JSON from SQL), an object with attributes, a list of either, or None. Under
    an interface or a union a dict needs ``__typename``. Scalars are passed on: they must be JSON's own.
    """
    if value is None or not selection.fields:
        return value
    if isinstance(value, list | tuple):
        return [shape(item, selection) for item in value]
    is_row = isinstance(value, dict)
    kind = value.get("__typename") if is_row else None
    return {
        field.key: field.kind
        if field.name == "__typename"
        else shape(value[field.name] if is_row else getattr(value, field.attribute), field.below)
        for field in selection.fields
        if kind is None or field.kind == kind
    }


@lru_cache(1024)
def _snake(name: str) -> str:
    return convert_camel_case_to_snake(name)
