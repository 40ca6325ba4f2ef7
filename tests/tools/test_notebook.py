"""A lab's notebook: the student's copy, the server's environment, and what we commit."""

import os
import socket

import nbformat
import pytest

from nexus import bootstrap
from nexus.errors import NexusError
from nexus.labs import notebook
from nexus.services import CHECKOUT


def write(folder, source: str) -> None:
    """Write a notebook of one cell, with the noise that editors leave."""
    cell = nbformat.v4.new_code_cell(source, id="only", metadata={"collapsed": True}, execution_count=7)
    noise = {"language_info": {"name": "python", "version": "3.99"}, "editor": "some"}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=noise), folder / notebook.NAME)


def test_a_start_installs_every_lock_but_jupyterlabs():
    assert {lock.stem for lock in bootstrap.lock_files(CHECKOUT)} == {"run", "dev", "test", "docs"}
    assert (CHECKOUT / "requirements/notebook.txt").exists()


def test_a_students_notebook_is_made_once_and_never_written_over(tmp_path):
    (tmp_path / "ours").write_text("ours")

    notebook.copy_once(tmp_path / "ours", tmp_path / "work/rest/notebook.ipynb")
    assert (tmp_path / "work/rest/notebook.ipynb").read_text() == "ours"

    (tmp_path / "work/rest/notebook.ipynb").write_text("theirs")
    notebook.copy_once(tmp_path / "ours", tmp_path / "work/rest/notebook.ipynb")
    assert (tmp_path / "work/rest/notebook.ipynb").read_text() == "theirs"
    assert [path.name for path in (tmp_path / "work/rest").iterdir()] == ["notebook.ipynb"]


def test_no_setting_of_the_students_home_or_environment_can_take_the_token_away(state):
    environment = notebook.of_its_own({"JUPYTER_TOKEN": "", "DATABASE_URL": "postgresql://x"}, state)

    assert environment == {
        "DATABASE_URL": "postgresql://x",
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_CONFIG_DIR": f"{state.folder}/jupyter/config",
        "JUPYTER_DATA_DIR": f"{state.folder}/jupyter/data",
        "JUPYTER_RUNTIME_DIR": f"{state.folder}/jupyter/runtime",
        "IPYTHONDIR": f"{state.folder}/jupyter/ipython",
    }


def test_a_port_that_is_taken_is_refused_before_anything_is_made(tmp_path, state):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(NexusError, match=f"--port {port}: that port is taken"):
            notebook.open_notebook(tmp_path / "ours", tmp_path / "work", {}, state, port=port)

    assert not (tmp_path / "work").exists()


def test_an_executed_notebook_is_written_without_what_differs_from_run_to_run(tmp_path, state):
    write(tmp_path, "import os\nprint(6 * 7)\nprint(os.environ['ASKED'])")

    notebook.execute(tmp_path / notebook.NAME, notebook.of_its_own(os.environ, state) | {"ASKED": "yes"})

    result = nbformat.read(tmp_path / notebook.NAME, as_version=4)
    (cell,) = result.cells
    assert (cell.id, cell.execution_count, cell.metadata) == ("only", 1, {})
    assert [output.text for output in cell.outputs] == ["42\nyes\n"]
    assert result.metadata == {"kernelspec": notebook.KERNEL, "language_info": {"name": "python"}}


def test_a_notebook_with_an_error_is_not_written(tmp_path, state):
    write(tmp_path, "1 / 0")
    before = (tmp_path / notebook.NAME).read_bytes()

    with pytest.raises(Exception, match="ZeroDivisionError"):
        notebook.execute(tmp_path / notebook.NAME, notebook.of_its_own(os.environ, state))

    assert (tmp_path / notebook.NAME).read_bytes() == before
