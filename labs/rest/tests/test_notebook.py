"""The notebook runs, on whose part it says, and counts what its committed outputs show; times are never compared."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from django.db import connection
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from psycopg.conninfo import make_conninfo

LAB = Path(__file__).parents[1]
NOTEBOOK = LAB / "notebook.ipynb"
SETTINGS = """
from rest_playground.settings import *
DATABASES["default"]["NAME"] = {name!r}
"""
SAME_EVERYWHERE = ("counts", "jump", "walk", "try")  # the cells that print no time

pytestmark = pytest.mark.timeout(300)  # on a machine that does much else


@pytest.fixture
def notebook():
    """The committed notebook."""
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture
def _kernel(tmp_path, monkeypatch, transactional_db):
    """Kernels meet the suite's own database, and leave nothing in anybody's home."""
    name = connection.settings_dict["NAME"]
    (tmp_path / "notebook_settings.py").write_text(SETTINGS.format(name=name))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "notebook_settings")
    monkeypatch.setenv("DATABASE_URL", make_conninfo(os.environ["DATABASE_URL"], dbname=name))
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))


def run(notebook, folder: Path = LAB) -> int:
    """Execute the notebook in a folder; return the number its kernel's process had."""
    client = NotebookClient(notebook, startup_timeout=200, resources={"metadata": {"path": str(folder)}})
    kernels = []
    client.on_notebook_start = lambda **_: kernels.append(client.km.provisioner.pid)
    client.execute()
    return kernels[0]


def printed(notebook) -> dict[str, str]:
    """Return what each cell printed, by the cell's id."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {cell.id: "".join(output.get("text", "") for output in cell.outputs) for cell in cells}


@pytest.mark.usefixtures("_kernel")
def test_the_notebook_counts_what_its_committed_outputs_show_and_ends_its_kernel(notebook):
    committed = printed(notebook)

    kernel = run(notebook)

    assert {name: printed(notebook)[name] for name in SAME_EVERYWHERE} == {
        name: committed[name] for name in SAME_EVERYWHERE
    }
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


@pytest.mark.usefixtures("_kernel")
def test_the_notebook_measures_the_part_that_lies_first_on_the_path(notebook, tmp_path, monkeypatch):
    shutil.copytree(LAB / "src/lab_rest", tmp_path / "mine/lab_rest")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "mine"), str(tmp_path)]))
    notebook.cells = [cell for cell in notebook.cells if cell.id == "setup"]

    run(notebook, tmp_path / "mine")

    assert printed(notebook)["setup"] == "The part you measure: lab_rest/__init__.py\n"


@pytest.mark.usefixtures("_kernel")
def test_without_a_database_the_notebook_says_what_to_do(notebook, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")

    with pytest.raises(CellExecutionError, match="DATABASE_URL is not set"):
        run(notebook)


def test_the_notebook_is_committed_as_it_ran_from_top_to_bottom(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [cell.id for cell in notebook.cells if cell.metadata or cell.id.isdigit()] == []
    assert sum(output.output_type == "display_data" for cell in code for output in cell.outputs) == 2
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert NOTEBOOK.stat().st_size <= 200_000
