"""
A lab's notebook: served by JupyterLab for a student, and executed for us.

``.venv/bin/python -m nexus.labs.notebook rest`` executes it on PostgreSQL and writes it as it is committed.
"""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from nexus import on_demand, ports
from nexus.labs.manifest import lab_named
from nexus.labs.playground import lab_environment
from nexus.processes import PYTHON_MODULE
from nexus.services import State, checkout_state, session

NAME = "notebook.ipynb"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
USUAL_PORT = 8888
SETTINGS = {
    "--ServerApp.ip": "127.0.0.1",
    "--ServerApp.port_retries": "0",
    "--ServerApp.open_browser": "False",
    "--ServerApp.allow_root": "True",  # in a container; whatever a cell may do, ./nexus may
    "--ServerApp.answer_yes": "True",  # Ctrl-C ends it, and asks nothing
    "--LabApp.default_url": f"/lab/tree/{NAME}",
    "--LabApp.news_url": "None",  # nothing is sent anywhere, nothing is installed past the lock
    "--LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager": "readonly",
}


def open_notebook(
    original: Path, folder: Path, environment: Mapping[str, str], state: State, *, port: int | None
) -> tuple[list[str], dict[str, str]]:
    """
    Return the command that serves a student's notebook on 127.0.0.1, and the environment it runs in.

    The server prints its address with a random token. The notebook lies in ``folder``, where its Python starts: copied
    from ``original`` unless it is there. Installs JupyterLab where it is missing. Raises ``NexusError``.
    """
    port = ports.choose("--port", port, USUAL_PORT, ())
    on_demand.install("notebook")
    copy_once(original, folder / NAME)
    options = SETTINGS | {"--ServerApp.port": str(port), "--ServerApp.root_dir": str(folder)}
    command = [*PYTHON_MODULE, "jupyterlab", *[f"{name}={value}" for name, value in options.items()]]
    return command, of_its_own(environment, state)


def of_its_own(environment: Mapping[str, str], state: State) -> dict[str, str]:
    """Return an environment in which Jupyter takes no setting from the student's home, such as no token, and leaves none."""
    kept = {name: value for name, value in environment.items() if not name.startswith("JUPYTER_")}
    folder = state.folder / "jupyter"
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    return kept | own | {"JUPYTER_NO_CONFIG": "1", "IPYTHONDIR": str(folder / "ipython")}


def copy_once(original: Path, copy: Path) -> None:
    """Give the student a notebook of their own; one that is there is theirs, and stays."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists():
        half_made = copy.with_suffix(".new")
        shutil.copyfile(original, half_made)
        half_made.rename(copy)


def execute(file: Path, environment: Mapping[str, str]) -> None:
    """Run every cell of a notebook, in order, in its folder, and write it with what it printed and drew."""
    notebook: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    resources = {"metadata": {"path": str(file.parent)}}
    client = NotebookClient(notebook, resources=resources, record_timing=False, coalesce_streams=True)
    client.execute(env=dict(environment))
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = {}
    nbformat.write(notebook, file)  # type: ignore[no-untyped-call]


def main(name: str) -> None:
    """Execute the notebook of a lab on our part, and write it."""
    lab = lab_named(name)
    with session(checkout_state()) as services:
        execute(lab.folder / NAME, of_its_own(lab_environment(lab, services, lab.part), services.state))


if __name__ == "__main__":
    main(*sys.argv[1:])
