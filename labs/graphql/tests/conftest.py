"""The suite runs on the playground's models, on a PostgreSQL named by DATABASE_URL."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["nexus.labs.fixtures"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "graphql_playground.settings")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The known films lie in the database from the start."""
    from graphql_playground import stage  # noqa: PLC0415 -- after Django is set up

    with django_db_blocker.unblock():
        stage.fill()


@pytest.fixture
def db(db: None) -> None:
    """The films are there, even after a test that has emptied the database."""
    from graphql_playground import stage  # noqa: PLC0415 -- after Django is set up
    from graphql_playground.models import Film  # noqa: PLC0415

    if not Film.objects.exists():
        stage.fill()


@pytest.fixture
def ask(client, db) -> Callable[..., Any]:
    """Return a function that asks a step's graph, and returns the HTTP answer."""

    def post(query: str, step: str = "step4", **members: Any) -> Any:
        body = {"query": query} | members
        return client.post(f"/{step}/graphql/", body, "application/json", headers={"Accept": "*/*"})

    return post


@pytest.fixture
def sdl(tmp_path: Path) -> Callable[..., list[Path]]:
    """Return a function that writes SDL files and returns their paths."""

    def write(*texts: str) -> list[Path]:
        files = [tmp_path / f"part{number}.graphql" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        return files

    return write
