"""How the graph starts: on an SDL that its resolvers keep, or not at all; what the settings open."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cast import make_audiobook
from django.conf import settings
from django.test import RequestFactory
from graphql import print_schema

from config import graph
from lab_graphql.documents import document_id
from lab_graphql.graph import Graph
from lab_graphql.schema import SchemaError

APPS = settings.CAPSTONE_DIR / "audiobooks"
REFERENCE = settings.REPOSITORY_DIR / "docs" / "reference" / "schema.graphql"
TITLES = "query Titles {\n  audiobooks {\n    nodes {\n      title\n    }\n  }\n}\n"


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    """The SDL of all apps, to be changed."""
    for file in APPS.glob("*/graphql/*.graphql"):
        copy = tmp_path / file.relative_to(APPS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return tmp_path


def test_a_field_that_nothing_answers_stops_the_start_with_its_file_and_line(apps):
    file = apps / "catalog" / "graphql" / "catalog.graphql"
    file.write_text(
        file.read_text().replace(
            "  isAbridged: Boolean!\n  releasedOn", "  mood: String!\n  isAbridged: Boolean!\n  releasedOn"
        )
    )
    line = file.read_text().splitlines().index("  mood: String!") + 1

    with pytest.raises(SchemaError) as refused:
        graph.schema_of(apps)

    assert (
        str(refused.value)
        == f"{file}:{line}: Audiobook.mood has no resolver, nor the attribute mood on its rows."
    )


def test_a_resolver_whose_field_is_gone_stops_the_start_with_its_file_and_line(apps):
    file = apps / "playback" / "graphql" / "playback.graphql"
    file.write_text(file.read_text().replace("  stats(days: Int! = 30)", "  statistics(days: Int! = 30)"))

    with pytest.raises(
        SchemaError, match=r"/playback/graphql/resolvers\.py:\d+: the resolver of Me\.stats has no field"
    ):
        graph.schema_of(apps)


def test_the_process_itself_does_not_start(apps):
    shutil.copytree(
        settings.CAPSTONE_DIR,
        apps / "capstone",
        ignore=shutil.ignore_patterns("tests", "storage", "__pycache__"),
    )
    file = apps / "capstone/audiobooks/library/graphql/library.graphql"
    file.write_text(file.read_text().replace("type Shelf {\n", "type Shelf {\n  colour: String\n"))

    run = subprocess.run(
        [sys.executable, "-P", "-c", "import config.wsgi"],
        env=os.environ | {"PYTHONPATH": str(apps / "capstone"), "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    line = file.read_text().splitlines().index("  colour: String") + 1
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        f"lab_graphql.schema.SchemaError: {file}:{line}: Shelf.colour has no resolver, nor the attribute colour on its rows."
    )


def test_the_committed_sdl_is_the_one_that_is_served():
    assert print_schema(graph.schema_of()).strip() in REFERENCE.read_text(), "python -m nexus.pages"


def answer_of(served: Graph, **members: str):
    return served_by(served)(RequestFactory().get("/graphql/", members))


def served_by(served: Graph):
    return graph.view_of(served)


@pytest.mark.django_db
def test_a_document_that_was_agreed_on_is_asked_by_its_digest_and_then_no_other_is_needed(tmp_path):
    make_audiobook("Emma")
    (tmp_path / "titles.graphql").write_text(TITLES)
    known = graph.trusted(str(tmp_path))
    schema = graph.schema_of()

    open_to_all, closed = Graph(schema, trusted=known), Graph(schema, trusted=known, only_trusted=True)
    by_digest = [answer_of(one, documentId=document_id(TITLES)) for one in (open_to_all, closed)]
    by_text = [answer_of(one, query=TITLES) for one in (open_to_all, closed)]

    assert {answer.content for answer in by_digest} == {
        b'{"data":{"audiobooks":{"nodes":[{"title":"Emma"}]}}}'
    }
    assert [answer.status_code for answer in by_text] == [200, 403]


@pytest.mark.django_db
def test_introspection_and_graphiql_are_there_by_setting_alone(settings):
    browser = {"HTTP_ACCEPT": "text/html"}
    closed = graph.view_of(graph.graph())
    settings.GRAPHQL_INTROSPECTION = True
    opened = graph.view_of(graph.graph())

    pages = [view(RequestFactory().get("/graphql/", **browser)) for view in (closed, opened)]
    asked = [
        view(RequestFactory().get("/graphql/", {"query": "{__schema {queryType {name}}}"}))
        for view in (closed, opened)
    ]

    assert [(page.status_code, b"graphiql.min.js" in page.content) for page in pages] == [
        (406, False),
        (200, True),
    ]
    assert "script-src 'self'" in pages[1]["Content-Security-Policy"]
    assert [answer.status_code for answer in asked] == [400, 200]
