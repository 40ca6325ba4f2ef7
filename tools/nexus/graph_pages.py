"""What the hub tells of the graph, and what clients take from it, all made of the SDL in the apps' folders."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_ast_schema,
    concat_ast,
    get_named_type,
    is_specified_scalar_type,
    parse,
    print_ast,
    print_schema,
)

from nexus.markdown import page, table
from nexus.services import CHECKOUT

PARTS = ("labs/graphql/src/lab_graphql/part.graphql", "capstone/audiobooks/*/graphql/*.graphql")
HEAD = (
    "# The graph's SDL, whole. Put together by tools/nexus/graph_pages.py from capstone/audiobooks/*/graphql/*.graphql:\n"
    "# change those, then run .venv/bin/python -m nexus.pages\n\n"
)
PLUMBING = {
    "Connection": "nodes",
    "Edge": "node",
}  # what pages are made of, and where it leads to what they are of


def schema_of(root: Path = CHECKOUT) -> GraphQLSchema:
    """Return the schema of the SDL, without resolvers."""
    files = [file for pattern in PARTS for file in sorted(root.glob(pattern))]
    documents: list[DocumentNode] = [parse(file.read_text("utf-8")) for file in files]
    return build_ast_schema(concat_ast(documents))


def sdl_text(schema: GraphQLSchema) -> str:
    """Return the whole SDL in one document."""
    return HEAD + print_schema(schema) + "\n"


def reference_page(schema: GraphQLSchema) -> str:
    """Return one line for each field of each type."""
    kinds = own_types(schema)
    inputs = [kind for kind in kinds if isinstance(kind, GraphQLInputObjectType)]
    objects = [kind for kind in kinds if isinstance(kind, GraphQLObjectType) and not is_root(kind)]
    roots = {kind.name: kind for kind in kinds if is_root(kind)}
    return page(
        "GraphQL interface",
        f"The {count(roots['Query'])} queries and {count(roots['Mutation'])} mutations of the capstone's graph, and every type.",
        "capstone/audiobooks/*/graphql/*.graphql",
        "One address, `/graphql/`. [The graph](../capstone/graph.md) says how it answers and what it refuses; "
        "[`schema.graphql`](schema.graphql) is the whole SDL, for your tools. A `!` means never null. A type called "
        "`…Connection` is a page: `nodes`, or `edges` with a `cursor` each, and `pageInfo`.",
        "## Queries\n\n" + fields_table(roots["Query"]),
        "## Mutations\n\n" + fields_table(roots["Mutation"]),
        "## Types\n\n" + "\n\n".join(type_text(kind) for kind in objects),
        "## Inputs\n\n" + "\n\n".join(type_text(kind) for kind in inputs),
        "## Values\n\n" + values_table(kinds),
    )


def own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    """Return the types that a reader should know of: not GraphQL's own, and not the plumbing of pages."""
    return [
        kind
        for name, kind in schema.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(kind) and told_as(kind) == name
    ]


def is_root(kind: GraphQLNamedType) -> bool:
    """Whether it is where a question begins."""
    return kind.name in ("Query", "Mutation")


def count(kind: Any) -> int:
    """Return how many fields a type has."""
    return len(kind.fields)


def type_text(kind: Any) -> str:
    """Return a type's heading, sentence and fields."""
    lines = [f"### `{kind.name}` {{ #{kind.name} }}", one_line(kind.description), fields_table(kind)]
    return "\n\n".join(line for line in lines if line)


def fields_table(kind: Any) -> str:
    """Return a line for each field, and each of its arguments in it."""
    fields: Mapping[str, GraphQLField] = kind.fields
    rows = (
        [field_text(name, field), linked(field.type), one_line(field.description)]
        for name, field in fields.items()
    )
    return table(["field", "type", "meaning"], rows)


def field_text(name: str, field: Any) -> str:
    """Return a field with its arguments."""
    arguments = getattr(field, "args", {})
    given = ", ".join(
        f"{each}: {argument.type}{default_of(argument)}" for each, argument in arguments.items()
    )
    return f"`{name}({given})`" if given else f"`{name}`"


def default_of(argument: Any) -> str:
    """Return what an argument is where it is left out."""
    written = argument.ast_node.default_value
    return f" = {print_ast(written)}" if written else ""


def linked(kind: Any) -> str:
    """Return a type as it is written, leading to where it is told of."""
    name = told_as(get_named_type(kind))
    is_told = not is_specified_scalar_type(get_named_type(kind))
    return f"[`{kind}`](#{name})" if is_told else f"`{kind}`"


def told_as(kind: Any) -> str:
    """Return under which type another is told of: a page and its edges under what they are of."""
    for ending, member in PLUMBING.items():
        if kind.name.endswith(ending):
            of: str = get_named_type(kind.fields[member].type).name
            return of if kind.name == of + ending else str(kind.name)
    return str(kind.name)


def values_table(kinds: Iterable[GraphQLNamedType]) -> str:
    """Return a line for each scalar, enumeration and union."""
    rows = []
    for kind in kinds:
        if isinstance(kind, GraphQLEnumType):
            meaning = ", ".join(f"`{name}`" for name in kind.values)
        elif isinstance(kind, GraphQLUnionType):
            meaning = " or ".join(linked(each) for each in kind.types)
        elif isinstance(kind, GraphQLScalarType):
            meaning = "a scalar"
        elif not isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            meaning = "an interface"
        else:
            continue
        rows.append([f'<span id="{kind.name}">`{kind.name}`</span>', meaning, one_line(kind.description)])
    return table(["name", "is", "meaning"], rows)


def one_line(text: str | None) -> str:
    """Return a description without line breaks."""
    return " ".join((text or "").split())
