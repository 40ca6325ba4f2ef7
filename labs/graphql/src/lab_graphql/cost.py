"""The cost of an operation: how many objects its answer may hold. Compiled once a document, priced once a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    value_from_ast_untyped,
)

from lab_graphql.errors import Refused
from lab_graphql.limits import INTROSPECTION, Limits

SIZES = ("first", "last")
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A length that a variable says, and what it is where the variable is not sent."""

    variable: str
    otherwise: int


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """``size`` × (``own`` + what is below)."""

    own: int
    size: "int | Chosen"
    below: "Sequence[int | Priced]"


class Pricing:
    """The prices of a validated document's operations, by a schema: ``Pricing(schema, document, limits)``."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, int | Priced] = {}
        self._defaults: dict[str, Any] = {}

    def of(self, operation: OperationDefinitionNode) -> "int | Priced":
        """Return the price: a number, or where lengths are variables, what ``cost`` needs to tell it."""
        self._known = {}
        self._defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in operation.variable_definitions
            if node.default_value
        }
        root = self._schema.get_root_type(operation.operation)
        if root is None:  # the validation lets it pass
            raise Refused(
                "invalid-document", f"This graph has no {operation.operation.value}.", nodes=operation
            )
        return _folded(0, 1, self._of_set(operation.selection_set, root))

    def _of_set(self, selections: SelectionSetNode | None, kind: GraphQLNamedType) -> "list[int | Priced]":
        return [self._of(selection, kind) for selection in selections.selections] if selections else []

    def _of(self, selection: SelectionNode, kind: GraphQLNamedType) -> "int | Priced":
        if isinstance(selection, FieldNode):
            return self._of_field(selection, kind)
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in self._known:
                self._known[name] = self._of_fragment(self._fragments[name], kind)
            return self._known[name]
        return self._of_fragment(selection, kind)

    def _of_fragment(self, fragment: Any, kind: GraphQLNamedType) -> "int | Priced":
        on = fragment.type_condition
        kind = self._schema.type_map[on.name.value] if on else kind
        return _folded(0, 1, self._of_set(fragment.selection_set, kind))

    def _of_field(self, node: FieldNode, kind: GraphQLNamedType) -> "int | Priced":
        # --8<-- [start:cost]
        field = getattr(kind, "fields", {}).get(node.name.value)
        if field is None or node.name.value in INTROSPECTION:  # __typename, too
            return 0
        below = self._of_set(node.selection_set, get_named_type(field.type))
        return _folded(self._own(field), self._size(node, field, kind), below)
        # --8<-- [end:cost]

    def _own(self, field: GraphQLField) -> int:
        kind = get_named_type(field.type)
        weight = _directive(field, "cost", "weight")
        if weight is not None:
            return weight
        return 0 if is_leaf_type(kind) or _is_plumbing(kind) else 1

    def _size(self, node: FieldNode, field: GraphQLField, kind: GraphQLNamedType) -> "int | Chosen":
        # --8<-- [start:list-size]
        for name in SIZES:
            if name in field.args:
                return self._chosen(node, name, field)
        if not _is_list(field) or _is_plumbing(kind):
            return 1  # the edges of a connection are as many as the connection's first says
        assumed = _directive(field, "listSize", "assumedSize")
        return self._limits.list_size if assumed is None else assumed
        # --8<-- [end:list-size]

    def _chosen(self, node: FieldNode, name: str, field: GraphQLField) -> "int | Chosen":
        default = field.args[name].default_value
        otherwise = default if isinstance(default, int) else self._limits.list_size
        value = next((each.value for each in node.arguments if each.name.value == name), None)
        if isinstance(value, IntValueNode):
            return max(0, int(value.value))
        if isinstance(value, VariableNode):
            said = self._defaults.get(value.name.value)
            return Chosen(value.name.value, said if isinstance(said, int) else otherwise)
        return otherwise


def cost(price: "int | Priced", variables: Variables) -> int:
    """Return how many objects the answer may hold. A fragment that is used often is priced once."""
    known: dict[int, int] = {}

    def of(part: "int | Priced") -> int:
        if isinstance(part, int):
            return part
        if id(part) not in known:
            known[id(part)] = _size_of(part.size, variables) * (part.own + sum(map(of, part.below)))
        return known[id(part)]

    return of(price)


def check_cost(price: "int | Priced", variables: Variables, limits: Limits) -> int:
    """Return the cost; raises ``Refused``, ``too-costly``, where it is beyond the limit."""
    found = cost(price, variables)
    if found > limits.cost:
        told = f"{found if found < 10**9 else 'More than 1,000,000,000'} objects; the limit is {limits.cost}."
        raise Refused("too-costly", told)
    return found


def _size_of(size: "int | Chosen", variables: Variables) -> int:
    if isinstance(size, int):
        return size
    value = variables.get(size.variable)
    return max(0, value) if isinstance(value, int) else size.otherwise


def _folded(own: int, size: "int | Chosen", below: "Sequence[int | Priced]") -> "int | Priced":
    numbers = [part for part in below if isinstance(part, int)]
    rest = [part for part in below if not isinstance(part, int)]
    if isinstance(size, int) and not rest:
        return size * (own + sum(numbers))
    return Priced(own, size, [sum(numbers), *rest])


def _is_list(field: GraphQLField) -> bool:
    return is_list_type(field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type)


def _is_plumbing(kind: GraphQLNamedType) -> bool:
    """Whether it is a connection, an edge or a PageInfo, which are no objects that anybody fetches."""
    fields = getattr(kind, "fields", {})
    return kind.name == "PageInfo" or "pageInfo" in fields or {"cursor", "node"} <= set(fields)


def _directive(field: GraphQLField, name: str, argument: str) -> int | None:
    for directive in field.ast_node.directives if field.ast_node else ():
        if directive.name.value == name:
            values: Callable[[Any], Any] = value_from_ast_untyped
            return next(
                int(values(each.value)) for each in directive.arguments if each.name.value == argument
            )
    return None
