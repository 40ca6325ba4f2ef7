"""
What a request may cost, judged before anything is fetched.

A text of 200 characters can ask for a million objects, and one of 200,000 for one: so length says little. Counted are
the tokens (what parsing costs), the fields written and the aliases (what validating costs), the depth, and the cost: how
many objects the answer may hold, each list multiplied by its length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    ValueNode,
    parse,
)

from lab_graphql.errors import Refused

INTROSPECTION = ("__schema", "__type")
PARSER_LIMITS = {
    "Document contains more than": "too-many-tokens",
    "Document exceeds": "document-too-long",
    "Document is nested": "too-deep",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    The most that one request may ask for; each is refused by a code of its own.

    ``cost`` counts objects; a list whose length the caller does not choose counts as ``list_size`` (``@listSize`` says
    better). ``list_items`` bounds each list in the arguments and variables. ``seconds`` is a query's time.
    """

    body_bytes: int = 100_000
    characters: int = 16_384
    tokens: int = 1_000
    selections: int = 250
    aliases: int = 20
    depth: int = 12
    cost: int = 2_500
    list_size: int = 10
    list_items: int = 100
    seconds: float = 5.0


def parsed(text: str, limits: Limits) -> DocumentNode:
    """
    Return the document of a text within the limits for texts.

    Raises ``Refused``: ``document-too-long``, ``too-many-tokens``, ``too-deep`` (200 levels of braces or brackets),
    ``syntax-error``, ``unstorable-text`` (PostgreSQL's text holds no NUL).
    """
    if len(text) > limits.characters:
        raise Refused(
            "document-too-long", f"The limit is {limits.characters:,} characters, not {len(text):,}."
        )
    try:
        document = parse(
            Source(text, "document"), max_lexical_tokens=limits.tokens, max_comments=limits.tokens
        )
    except GraphQLError as error:
        description = error.message.removeprefix("Syntax Error: ")
        kinds = (kind for begin, kind in PARSER_LIMITS.items() if description.startswith(begin))
        refused = Refused(next(kinds, "syntax-error"), error.message)
        refused.locations = error.locations
        raise refused from error
    token = document.loc.start_token if document.loc else None
    while token is not None:
        if token.kind in (TokenKind.STRING, TokenKind.BLOCK_STRING) and "\0" in (token.value or ""):
            raise Refused("unstorable-text", f"Text may not contain NUL (line {token.line}).")
        token = token.next
    return document


class Extent(NamedTuple):
    """How far a part of a document reaches: levels of fields, and aliases, with fragments in their places."""

    depth: int
    aliases: int


def check_extent(document: DocumentNode, limits: Limits, *, introspection: bool) -> None:
    """
    Refuse a document that is too wide or too deep, before it is validated, which costs more than it does to count.

    Raises ``Refused``: ``too-many-fields``, ``list-too-long``, ``introspection-off``, ``too-deep``, ``too-many-aliases``.
    """
    written = list(_written(document))
    if len(written) > limits.selections:
        raise Refused(
            "too-many-fields", f"{len(written)} fields and fragments; the limit is {limits.selections}."
        )
    for field in written:
        if isinstance(field, FieldNode):
            _check_field(field, limits, introspection)
    _Extents(document, limits).check()


def _written(document: DocumentNode) -> Iterator[SelectionNode]:
    """Yield each field and fragment once, as often as it is written."""
    sets = [getattr(definition, "selection_set", None) for definition in document.definitions]
    while sets:
        selections = sets.pop()
        for selection in selections.selections if selections else ():
            yield selection
            sets.append(getattr(selection, "selection_set", None))


def _check_field(field: FieldNode, limits: Limits, introspection: bool) -> None:
    # --8<-- [start:introspection]
    if field.name.value in INTROSPECTION and not introspection:
        raise Refused(
            "introspection-off", "Introspection is off here. Ask for the published SDL.", nodes=field
        )
    # --8<-- [end:introspection]
    for argument in field.arguments:
        longest = _longest(argument.value)
        if longest > limits.list_items:
            told = f"{argument.name.value}: {longest} items; the limit is {limits.list_items}."
            raise Refused("list-too-long", told, nodes=argument)


def _longest(value: ValueNode) -> int:
    if isinstance(value, ListValueNode):
        return max([len(value.values), *map(_longest, value.values)])
    if isinstance(value, ObjectValueNode):
        return max((_longest(field.value) for field in value.fields), default=0)
    return 0


class _Extents:
    """The extents of one document's operations; a fragment is measured once, and a cycle is left to the validation."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self._limits = limits
        self._operations = [
            node for node in document.definitions if isinstance(node, OperationDefinitionNode)
        ]
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Extent] = {}

    def check(self) -> None:
        for operation in self._operations:
            extent = self._of_set(operation.selection_set)
            if extent.depth > self._limits.depth:
                told = f"{extent.depth} levels of fields; the limit is {self._limits.depth}."
                raise Refused("too-deep", told, nodes=operation)
            if extent.aliases > self._limits.aliases:
                told = f"{extent.aliases} aliases; the limit is {self._limits.aliases}."
                raise Refused("too-many-aliases", told, nodes=operation)

    def _of_set(self, selections: SelectionSetNode | None) -> Extent:
        extents = [self._of(selection) for selection in selections.selections] if selections else []
        return Extent(
            max((extent.depth for extent in extents), default=0), sum(extent.aliases for extent in extents)
        )

    def _of(self, selection: SelectionNode) -> Extent:
        # --8<-- [start:extent]
        if isinstance(selection, FragmentSpreadNode):
            return self._of_fragment(selection.name.value)
        if isinstance(selection, InlineFragmentNode):
            return self._of_set(selection.selection_set)
        field = cast("FieldNode", selection)
        is_introspection = field.name.value in INTROSPECTION  # bounded by a validation rule of its own
        below = self._of_set(None if is_introspection else field.selection_set)
        return Extent(below.depth + 1, below.aliases + (field.alias is not None))
        # --8<-- [end:extent]

    def _of_fragment(self, name: str) -> Extent:
        # --8<-- [start:fragment-extent]
        if name not in self._known:
            self._known[name] = Extent(0, 0)  # what a cycle finds
            fragment = self._fragments.get(name)
            self._known[name] = self._of_set(fragment.selection_set if fragment else None)
        return self._known[name]
        # --8<-- [end:fragment-extent]


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Refuse variables with a list that is too long (``list-too-long``) or a NUL (``unstorable-text``)."""
    waiting: list[tuple[str, Any]] = list(variables.items())
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            raise Refused("unstorable-text", f"${place}: text may not contain NUL.")
        if isinstance(value, list):
            if len(value) > limits.list_items:
                told = f"${place}: {len(value)} items; the limit is {limits.list_items}."
                raise Refused("list-too-long", told)
            waiting += [(f"{place}.{index}", item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            waiting += [(f"{place}.{name}", item) for name, item in value.items()]
