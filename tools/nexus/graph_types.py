"""The graph's types in TypeScript, for whoever writes a front end in it."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)

HEAD = """\
// The types of the graph's SDL. Written by tools/nexus/graph_types.py: run .venv/bin/python -m nexus.pages
// An object has every field of its type; pick what your document asks for: Pick<Audiobook, "id" | "title">.
"""
BUILT_IN = {"ID": "string", "String": "string", "Boolean": "boolean", "Int": "number", "Float": "number"}


def typescript_text(schema: GraphQLSchema) -> str:
    """Return the module: a type for each of the SDL's, and for each field's arguments."""
    kinds = [kind for name, kind in schema.type_map.items() if not name.startswith("__")]
    return "\n".join([HEAD, *(block for kind in kinds for block in blocks(kind, schema))])


def blocks(kind: Any, schema: GraphQLSchema) -> Iterator[str]:
    """Yield the declarations of one type."""
    note = comment(kind.description, "")
    if isinstance(kind, GraphQLObjectType):
        yield f'{note}export interface {kind.name} {{\n  __typename: "{kind.name}";\n{members(kind.fields)}}}\n'
        yield from arguments(kind)
    elif isinstance(kind, GraphQLInputObjectType):
        yield f"{note}export interface {kind.name} {{\n{members(kind.fields)}}}\n"
    elif kind.name not in BUILT_IN:
        yield f"{note}export type {kind.name} = {alternatives(kind, schema)};\n"


def alternatives(kind: Any, schema: GraphQLSchema) -> str:
    """Return what a value is, or the types that it may be."""
    if isinstance(kind, GraphQLEnumType):
        return " | ".join(f'"{name}"' for name in kind.values)
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        return " | ".join(each.name for each in schema.get_possible_types(kind))
    return "number" if kind.name == "SafeInt" else "string"


def arguments(kind: GraphQLObjectType) -> Iterator[str]:
    """Yield a declaration for the arguments of each field that has some: ``QueryAudiobooksArguments``."""
    for name, field in kind.fields.items():
        if field.args:
            title = f"{kind.name}{name[0].upper()}{name[1:]}Arguments"
            yield f"export interface {title} {{\n{members(field.args)}}}\n"


def members(fields: Any) -> str:
    """Return a line for each field; what may be left out has a question mark."""
    return "".join(
        f"{comment(field.description, '  ')}  {name}{'?' if is_optional(field) else ''}: {written(field.type)};\n"
        for name, field in fields.items()
    )


def is_optional(field: Any) -> bool:
    """Whether an argument or an input's field may be left out; a field of an answer is always there."""
    if not hasattr(field, "default_value"):
        return False
    has_default = field.ast_node is not None and field.ast_node.default_value is not None
    return has_default or not isinstance(field.type, GraphQLNonNull)


def written(kind: Any) -> str:
    """Return a type reference: ``[Audiobook!]`` is ``Audiobook[] | null``."""
    if isinstance(kind, GraphQLNonNull):
        return bare(kind.of_type)
    return f"{bare(kind)} | null"


def bare(kind: Any) -> str:
    """Return a type reference that is never null."""
    if isinstance(kind, GraphQLList):
        inner = written(kind.of_type)
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    name: str = kind.name
    return BUILT_IN.get(name, name)


def comment(text: str | None, indent: str) -> str:
    """Return a description as a comment of one line."""
    words = " ".join((text or "").split())
    return f"{indent}/** {words} */\n" if words else ""
