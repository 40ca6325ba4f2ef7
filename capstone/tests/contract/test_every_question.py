"""
Questions made from the SDL, for every field of Query and of Mutation.

Nobody wrote them down: hypothesis-graphql makes documents that fit the schema, with arguments, inputs and selections it
thinks of. Each is sent as one of four callers, most about things that exist, and leaves the database as it was. Whatever is
asked, an answer is data, or an error with a code of ours: never a defect. The questions are the same in every run; with
``NEXUS_ALL`` there are more, and other ones every time.
"""

import os
from binascii import crc32
from typing import Any
from uuid import uuid4

import pytest
from contract.scene import Scene, count, make_scene
from contract.test_who_may_in_the_graph import SCHEMA, caller
from django.db import transaction
from graph.asking import ask
from graphql import ArgumentNode, ObjectFieldNode, StringValueNode, Visitor, parse, print_ast, visit
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import mutations, nodes, queries

from audiobooks.accounts import limits

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

AT_NIGHT = bool(os.environ.get("NEXUS_ALL"))
EXAMPLES = 200 if AT_NIGHT else 20
CALLERS = ("anonymous", "owner", "curator", "staff")
LIMITS = {
    "TOO_COSTLY",
    "TOO_DEEP",
    "TOO_MANY_ALIASES",
    "TOO_MANY_FIELDS",
    "TOO_MANY_TOKENS",
    "DOCUMENT_TOO_LONG",
}
SCALARS = {
    "Date": st.dates().map(lambda day: nodes.String(day.isoformat())),
    "DateTime": st.datetimes().map(lambda at: nodes.String(f"{at.isoformat()}Z")),
    "SafeInt": st.integers(-(2**53), 2**53).map(nodes.Int),
    "Decimal": st.decimals(0, 100, places=3).map(lambda number: nodes.String(str(number))),
}
FIELDS = [(name, kind) for kind in ("Query", "Mutation") for name in sorted(SCHEMA.type_map[kind].fields)]


class AboutWhatExists(Visitor):
    """Puts ids that exist in the place of most of those that were made up."""

    def __init__(self, scene: Scene, dice: int) -> None:
        super().__init__()
        self.dice = dice
        self.known = {
            "audiobook": [one.pk for one in scene.audiobooks],
            "after": [scene.restricted.pk],
            "shelf": [scene.shelf.client_id],
            "id": [
                *[one.pk for one in scene.audiobooks],
                *[one.pk for one in (*scene.people, *scene.books, *scene.reviews, scene.series, scene.item)],
                *[one.client_id for one in (scene.shelf, scene.bookmark)],
            ],
        }

    def enter(self, node: Any, *_: Any) -> Any:
        if not isinstance(node, ArgumentNode | ObjectFieldNode):
            return None
        self.dice = crc32(str(self.dice).encode())
        ids = self.known.get(node.name.value)
        if not ids or not self.dice % 4 or node.value.kind not in ("string_value", "int_value"):
            return None
        chosen = StringValueNode(value=str(ids[self.dice // 4 % len(ids)]))
        return type(node)(name=node.name, value=chosen)


@pytest.mark.parametrize(("name", "kind"), FIELDS)
def test_every_question_has_an_answer(name, kind, request):
    scene, codes = make_scene(), []
    make = queries if kind == "Query" else mutations

    @seed(None if AT_NIGHT else 1)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(make(SCHEMA, fields=[name], custom_scalars=SCALARS, allow_x00=False))
    def ask_it(document: str) -> None:
        count(request.node, "questions")
        dice = crc32(document.encode("utf-8", "replace"))
        about = print_ast(visit(parse(document), AboutWhatExists(scene, dice)))
        limits.NAMESPACE = uuid4().hex
        with transaction.atomic():
            answer = ask(caller(scene, CALLERS[dice % 4]), about)
            transaction.set_rollback(True)
        told = answer.json()
        found = {error["extensions"]["code"] for error in told.get("errors", [])}
        codes.append((answer.status_code, *sorted(found)))
        assert "SERVER_ERROR" not in found, about
        assert answer.status_code == 200 or (answer.status_code == 400 and found <= LIMITS), (about, told)
        assert answer.status_code != 200 or "data" in told

    ask_it()

    assert sum(status == 200 for status, *_ in codes) >= len(codes) / 4, (
        codes
    )  # not all of it beyond the limits
