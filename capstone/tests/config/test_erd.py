"""The drawn tables are the tables: compared with the models, which migrations compare with the database."""

import sys
from importlib import util
from pathlib import Path

import pytest
from django.apps import apps

DIAGRAMS = Path(__file__).resolve().parents[3] / "diagrams"
PAGE = DIAGRAMS.parent / "docs/capstone/domain.md"
DRAWINGS = sorted(DIAGRAMS.glob("erd-*.drawio"))
AGAIN = "the models have changed: run .venv/bin/python diagrams/erd.py (apt install graphviz)"


@pytest.fixture(scope="module")
def erd():
    modules = {}
    for name in ("render", "erd_picture", "erd"):
        spec = util.spec_from_file_location(name, DIAGRAMS / f"{name}.py")
        modules[name] = sys.modules[name] = util.module_from_spec(spec)
        spec.loader.exec_module(modules[name])
    yield modules["erd"]
    for name in modules:
        del sys.modules[name]


def test_there_is_a_drawing_for_each_group_of_tables(erd):
    assert [file.stem.removeprefix("erd-") for file in DRAWINGS] == sorted(erd.figures()), AGAIN


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda file: file.stem)
def test_a_drawing_shows_each_column_constraint_and_foreign_key_of_its_tables_and_no_other(erd, drawing):
    drawn, _ = erd.read(drawing)
    wanted = erd.figures()[drawing.stem.removeprefix("erd-")]

    assert sorted(drawn) == sorted(wanted), AGAIN
    for name, table in wanted.items():
        assert drawn[name] == table, AGAIN


def test_each_table_of_ours_is_drawn_once(erd):
    drawn = [table.name for figure in erd.figures().values() for table in figure.values() if table.rows]
    ours = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith(erd.OURS)]

    assert len(drawn) == len(set(drawn))
    assert set(ours) <= set(drawn)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda file: file.stem)
def test_the_picture_is_the_drawing_and_stands_on_the_page(erd, drawing):
    assert drawing.with_suffix(".svg").read_text() == erd.svg(drawing, *erd.read(drawing)), AGAIN
    assert f'--8<-- "diagrams/{drawing.stem}.svg"' in PAGE.read_text(), (
        f"{PAGE.name} must include {drawing.stem}"
    )
