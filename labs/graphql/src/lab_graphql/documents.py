"""Documents that were parsed, validated and priced already: those seen lately, and those that were agreed on."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    validate,
)

from lab_graphql.cost import Priced, Pricing
from lab_graphql.errors import Refused
from lab_graphql.limits import Limits, check_extent, parsed

KEPT = 512  # documents, each of at most Limits.characters


class Invalid(Exception):
    """The document does not fit the schema; ``errors`` are the validation's own."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be executed, with its operations and their prices by name ("" where there is none)."""

    document: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    prices: Mapping[str, "int | Priced"]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation that is asked for. Raises ``Refused``, ``unknown-operation``."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name or "")
        if found is None:
            known = ", ".join(filter(None, self.operations)) or "none with a name"
            raise Refused("unknown-operation", f"operationName: name one of the document's: {known}.")
        return found

    def is_query(self, name: str | None) -> bool:
        return self.operation(name).operation is OperationType.QUERY


def prepare(text: str, schema: GraphQLSchema, limits: Limits, *, introspection: bool) -> Prepared:
    """Parse, bound, validate and price a document. Raises ``Refused`` and ``Invalid``."""
    try:
        return _prepared(text, schema, limits, introspection)
    except RecursionError as error:  # hundreds of fragments, each in the next
        raise Refused("too-deep", f"Fragments in fragments; the limit is {limits.depth} levels.") from error


def _prepared(text: str, schema: GraphQLSchema, limits: Limits, introspection: bool) -> Prepared:
    document = parsed(text, limits)
    check_extent(document, limits, introspection=introspection)
    errors = validate(schema, document, max_errors=20, hide_suggestions=not introspection)
    if errors:
        raise Invalid(errors)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    named = {node.name.value if node.name else "": node for node in operations}
    pricing = Pricing(schema, document, limits)
    return Prepared(document, named, {name: pricing.of(node) for name, node in named.items()})


class DocumentCache:
    """
    Documents by their text, the least lately used forgotten beyond ``most``: parsing and validating take milliseconds.

    What is refused is not kept. Variables are no part of a document: send values in them, or each value makes a new one.
    """

    def __init__(self, prepare: Callable[[str], Prepared], most: int = KEPT) -> None:
        self._prepare = prepare
        self._most = most
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, text: str) -> Prepared:
        """Return the document of a text, prepared now or before. Raises ``Refused`` and ``Invalid``."""
        # --8<-- [start:document-cache]
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        prepared = self._prepare(text)  # not under the lock: it takes milliseconds
        with self._lock:
            self._kept[text] = prepared
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return prepared
        # --8<-- [end:document-cache]


class TrustedDocuments(Mapping[str, str]):
    """
    Texts by id, ``sha256:`` and the hex digest: what a build of the client wrote down, and this server accepted.

    A request names one (``documentId``) instead of sending its text. Raises ``ValueError`` where an id is not its text's
    digest. ``from_file`` reads ``{id: text}`` as JSON.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        # --8<-- [start:trusted-documents]
        wrong = [name for name, text in texts.items() if name != document_id(text)]
        if wrong:
            raise ValueError(f"Not the digest of its text: {', '.join(wrong)}.")
        self._texts = dict(texts)
        # --8<-- [end:trusted-documents]

    @classmethod
    def from_file(cls, path: Path) -> "TrustedDocuments":
        return cls(json.loads(path.read_text("utf-8")))

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def document_id(text: str) -> str:
    """Return a document's id: ``sha256:`` and the hex digest of its UTF-8 text."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
