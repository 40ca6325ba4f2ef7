"""The notebook runs, on whose part it says, and counts what its committed outputs show."""

import os
from pathlib import Path

import nbformat
import pytest
from django.db import connection
from nbclient import NotebookClient
from psycopg.conninfo import make_conninfo

LAB = Path(__file__).parents[1]
NOTEBOOK = LAB / "notebook.ipynb"
SETTINGS = """
from caching_playground.settings import *
DATABASES["default"]["NAME"] = {name!r}
"""

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


def printed(notebook) -> dict[str, str]:
    """Return what each cell printed, by the cell's id."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {cell.id: "".join(output.get("text", "") for output in cell.outputs) for cell in cells}


@pytest.mark.usefixtures("_kernel")
def test_the_notebook_counts_what_its_committed_outputs_show(notebook):
    committed = printed(notebook)

    NotebookClient(notebook, startup_timeout=200, resources={"metadata": {"path": str(LAB)}}).execute()

    assert printed(notebook) == committed


def test_the_notebook_is_committed_as_it_ran_from_top_to_bottom(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [cell.id for cell in notebook.cells if cell.metadata or cell.id.isdigit()] == []
    assert sum(output.output_type == "display_data" for cell in code for output in cell.outputs) == 2
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert NOTEBOOK.stat().st_size <= 200_000
