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


def out_of_date(erd, drawing, group):
    """Return a sentence for each table that a drawing shows otherwise than the models are, or not at all."""
    drawn, _ = erd.read(drawing)
    wanted = erd.figures()[group]
    names = sorted(drawn.keys() | wanted.keys())
    return [f"{group}: {name}: {AGAIN}" for name in names if drawn.get(name) != wanted.get(name)]


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda file: file.stem)
def test_a_drawing_shows_each_column_constraint_and_foreign_key_of_its_tables_and_no_other(erd, drawing):
    assert out_of_date(erd, drawing, drawing.stem.removeprefix("erd-")) == []


def test_a_column_that_the_models_have_no_longer_is_told_with_its_table(erd, tmp_path):
    ours = (DIAGRAMS / "erd-works.drawio").read_text()
    drawing = tmp_path / "erd-works.drawio"
    drawing.write_text(ours.replace("|born_year|", "|year_of_birth|"))

    assert out_of_date(erd, drawing, "works") == [f"works: catalog_person: {AGAIN}"]


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
