"""The notebook runs, on whose part it says, and counts what its committed outputs show; times are never compared."""

import os
import shutil

import pytest
from nbclient.exceptions import CellExecutionError

from nexus.labs.fixtures import is_as_it_ran

SAME_EVERYWHERE = ("counts", "jump", "walk", "try")  # the cells that print no time

pytestmark = pytest.mark.timeout(300)  # on a machine that does much else


@pytest.mark.usefixtures("kernel")
def test_the_notebook_counts_what_its_committed_outputs_show_and_ends_its_kernel(notebook):
    committed = notebook.printed()

    number = notebook.run()

    assert {name: notebook.printed()[name] for name in SAME_EVERYWHERE} == {
        name: committed[name] for name in SAME_EVERYWHERE
    }
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.usefixtures("kernel")
def test_the_notebook_measures_the_part_that_lies_first_on_the_path(notebook, tmp_path, monkeypatch):
    shutil.copytree(notebook.file.parent / "src/lab_rest", tmp_path / "mine/lab_rest")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "mine"), str(tmp_path)]))
    notebook.content.cells = [cell for cell in notebook.code if cell.id == "setup"]

    notebook.run(tmp_path / "mine")

    assert notebook.printed()["setup"] == "The part you measure: lab_rest/__init__.py\n"


@pytest.mark.usefixtures("kernel")
def test_without_a_database_the_notebook_says_what_to_do(notebook, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    notebook.content.cells = [cell for cell in notebook.code if cell.id == "setup"]

    with pytest.raises(CellExecutionError, match="DATABASE_URL is not set"):
        notebook.run()


def test_the_notebook_is_committed_as_it_ran_from_top_to_bottom(notebook):
    assert is_as_it_ran(notebook)
    assert notebook.plots() == 2
    assert notebook.file.stat().st_size <= 200_000
