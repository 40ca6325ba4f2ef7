"""Schema first: the SDL is the contract, and the program starts only where its resolvers keep it, field by field."""

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from ariadne import ObjectType, SchemaBindable, convert_schema_names, make_executable_schema
from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    Source,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    concat_ast,
    parse,
    print_ast,
)
from graphql.validation.validate import validate_sdl

from lab_graphql.connections import Connection, Edge, PageInfo
from lab_graphql.lookahead import _snake
from lab_graphql.results import InputError, InvalidInput

Rows = type | Collection[str]
PART = Path(__file__).with_name("part.graphql")
OWN: Mapping[str, Rows] = {"PageInfo": PageInfo, "InvalidInput": InvalidInput, "InputError": InputError}
ROOTS = ("Query", "Mutation", "Subscription")


class SchemaError(Exception):
    """The SDL and the resolvers disagree; the message has a line ``file:line: …`` for each place, all of them."""


def load_schema(
    sdl: Iterable[Path | str], *bindables: SchemaBindable | type[Enum], rows: Mapping[str, Rows] | None = None
) -> GraphQLSchema:
    """
    Return the executable schema of SDL files, checked whole against its resolvers. Raises ``SchemaError``.

    ``sdl``: files, or folders of ``*.graphql``; ``extend type Query`` may stand in each. The part's own
    ``part.graphql`` (``PageInfo``, ``InvalidInput``, ``@cost``, ``@listSize``) is always among them. ``bindables`` are
    Ariadne's. ``rows`` says what a type's values are in Python: a class (a model, a dataclass, a TypedDict) or the names
    themselves; ``pageInfo`` is read from ``page_info``. Every field needs a resolver or such a name, every resolver a
    field, every interface and union a way to tell its types apart (by ``rows``, or a type resolver), every scalar of
    yours a ``ScalarType``. Types called ``…Connection`` and ``…Edge`` are the part's ``Connection`` and ``Edge``.
    """
    files = [PART, *_files(sdl)]
    document = concat_ast([_parsed(file) for file in files])
    known: dict[str, Rows] = {**_plumbing(document), **OWN, **(rows or {})}
    objects = [bindable for bindable in bindables if isinstance(bindable, ObjectType)]
    problems = [
        f"{_place((error.nodes or [document])[0])}: {error.message}" for error in validate_sdl(document)
    ]
    if not problems:
        problems = [*_orphans(document, objects), *_unresolved(document, objects, known)]
        problems += _untold(document, bindables, known)
    if problems:
        raise SchemaError("\n".join(sorted(set(problems))))
    try:
        schema = make_executable_schema(print_ast(document), *bindables)
    except (GraphQLError, TypeError, ValueError) as error:
        raise SchemaError(str(error)) from error
    _tell_apart(schema, known)
    convert_schema_names(schema, None)  # of arguments and inputs: fields have their readers
    return schema


def _files(sdl: Iterable[Path | str]) -> Iterator[Path]:
    for path in map(Path, sdl):
        found = sorted(path.glob("*.graphql")) if path.is_dir() else [path]
        if not found:
            raise SchemaError(f"{path}: no *.graphql in this folder.")
        yield from found


def _parsed(file: Path) -> DocumentNode:
    try:
        return parse(Source(file.read_text("utf-8"), name=str(file)))
    except GraphQLError as error:
        line = error.locations[0].line if error.locations else 1
        raise SchemaError(f"{file}:{line}: {error.message}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError(f"{file}: {error}") from error


def _fields(document: DocumentNode) -> Iterator[tuple[str, FieldDefinitionNode]]:
    """Yield the fields of object types, each with its type's name."""
    for node in document.definitions:
        if isinstance(node, ObjectTypeDefinitionNode | ObjectTypeExtensionNode):
            for field in node.fields:
                yield node.name.value, field


def _unresolved(
    document: DocumentNode, objects: Sequence[ObjectType], rows: Mapping[str, Rows]
) -> Iterator[str]:
    """Say which fields nothing answers."""
    # --8<-- [start:unresolved-fields]
    resolved = {(bindable.name, name) for bindable in objects for name in bindable._resolvers}
    names = {kind: _names_of(row) for kind, row in rows.items()}
    for kind, field in _fields(document):
        name = field.name.value
        if (kind, name) in resolved:
            continue
        if field.arguments:
            yield f"{_place(field)}: {kind}.{name} takes arguments, and has no resolver."
        elif not {name, _snake(name)} & names.get(kind, set()):
            told = f"nor the attribute {_snake(name)} on its rows" if kind in rows else "and no rows"
            yield f"{_place(field)}: {kind}.{name} has no resolver, {told}."
    # --8<-- [end:unresolved-fields]


def _orphans(document: DocumentNode, objects: Sequence[ObjectType]) -> Iterator[str]:
    """Say which resolvers answer no field."""
    # --8<-- [start:orphaned-resolvers]
    fields = {(kind, field.name.value) for kind, field in _fields(document)}
    for bindable in objects:
        for name, resolver in bindable._resolvers.items():
            if (bindable.name, name) not in fields:
                yield f"{_place_of(resolver)}: the resolver of {bindable.name}.{name} has no field in the SDL."
    # --8<-- [end:orphaned-resolvers]


def _untold(document: DocumentNode, bindables: Iterable[Any], rows: Mapping[str, Rows]) -> Iterator[str]:
    """Say which scalars, interfaces and unions have neither a binding nor rows that tell."""
    bound = {getattr(bindable, "name", "") for bindable in bindables}
    for node in document.definitions:
        if not isinstance(node, TypeDefinitionNode) or node.name.value in bound:
            continue
        if isinstance(node, ScalarTypeDefinitionNode):
            yield f"{_place(node)}: the scalar {node.name.value} has no ScalarType."
        if isinstance(node, UnionTypeDefinitionNode | InterfaceTypeDefinitionNode):
            for kind in _members(document, node):
                if not isinstance(rows.get(kind), type):
                    yield f"{_place(node)}: {node.name.value} has no type resolver, and {kind} no class in rows."


def _members(document: DocumentNode, node: TypeDefinitionNode) -> list[str]:
    if isinstance(node, UnionTypeDefinitionNode):
        return [member.name.value for member in node.types]
    return [
        other.name.value
        for other in document.definitions
        if isinstance(other, ObjectTypeDefinitionNode | ObjectTypeExtensionNode)
        and node.name.value in {interface.name.value for interface in other.interfaces}
    ]


def _plumbing(document: DocumentNode) -> dict[str, Rows]:
    kinds: dict[str, Rows] = {"Connection": Connection, "Edge": Edge}
    return {kind: row for kind, _ in _fields(document) for end, row in kinds.items() if kind.endswith(end)}


def _names_of(row: Rows) -> set[str]:
    """Return the names of a class's attributes, or the names themselves."""
    if not isinstance(row, type):
        return set(row)
    names = {name for name in dir(row) if not name.startswith("__")}
    for each in row.__mro__:
        names |= set(inspect.get_annotations(each))
    meta = getattr(row, "_meta", None)  # Django's fields without a class attribute of their own
    return names | {field.name for field in meta.get_fields()} if meta else names


def _place(node: Node) -> str:
    return f"{node.loc.source.name}:{node.loc.start_token.line}" if node.loc else "?"


def _place_of(resolver: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(resolver), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(resolver)


def _reader(name: str) -> Callable[..., Any]:
    """Return a resolver that reads a dict's key, by its name in GraphQL or in Python, or an attribute."""
    attribute = _snake(name)

    def read(row: Any, *_: Any) -> Any:
        if isinstance(row, dict):
            return row[name if name in row else attribute]
        return getattr(row, attribute if hasattr(row, attribute) else name)  # sha256 is no sha_256

    return read


def _tell_apart(schema: GraphQLSchema, rows: Mapping[str, Rows]) -> None:
    """Let the class of a value, or its ``__typename``, tell its type, where no type resolver does."""
    kinds = {row: kind for kind, row in rows.items() if isinstance(row, type) and kind in schema.type_map}

    def told(value: Any, *_: Any) -> str | None:
        if isinstance(value, dict):
            return value.get("__typename")
        return next((kinds[each] for each in type(value).__mro__ if each in kinds), None)

    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType) and kind.resolve_type is None:
            kind.resolve_type = told
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                field.resolve = field.resolve or _reader(name)
        if isinstance(
            kind, GraphQLEnumType
        ):  # Ariadne 1.1 replaces it by one that graphql-core 3.2.14 cannot call
            vars(kind).pop("parse_value", None)
