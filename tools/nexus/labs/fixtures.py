"""
Fixtures of the labs' tests: ``pytest_plugins = ["nexus.labs.fixtures"]`` in a lab's ``tests/conftest.py``.

A lab is also tested alone, without our other packages: this module imports pytest and what each fixture asks for.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["nexus.emptying"]
PATIENCE_S = 30
LOOK_S = 0.02
SETTINGS = """
from {base} import *
DATABASES["default"]["NAME"] = {name!r}
"""


@pytest.fixture
def at_once() -> Callable[[int, Callable[[int], object]], list[object]]:
    """Return a function that does ``work(0)`` … ``work(number - 1)`` in threads that start together."""
    from django.db import connection  # noqa: PLC0415 -- after Django is set up

    def run(number: int, work: Callable[[int], object]) -> list[object]:
        start = threading.Barrier(number, timeout=PATIENCE_S)

        def one(index: int) -> object:
            start.wait()
            try:
                return work(index)
            finally:
                connection.close()

        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(one, range(number)))

    return run


@pytest.fixture
def wait_until() -> Callable[[Callable[[], object]], None]:
    """Return a function that asks again and again until the answer is true, and fails after 30 seconds."""

    def wait(is_true: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_true():
            assert time.monotonic() < deadline, "It never came true."  # noqa: S101 -- a test's own assertion
            threading.Event().wait(LOOK_S)

    return wait


class Notebook:
    """The lab's committed notebook: its cells, run and looked at."""

    def __init__(self, file: Path) -> None:
        import nbformat  # noqa: PLC0415 -- a third of a second that most tests need not wait for

        self.file = file
        self.content: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]

    def run(self, folder: Path | None = None) -> int:
        """Execute it, in its own folder or another; return the number its kernel's process had."""
        from nbclient import NotebookClient  # noqa: PLC0415

        where = {"metadata": {"path": str(folder or self.file.parent)}}
        client = NotebookClient(self.content, startup_timeout=200, resources=where)
        kernels: list[int] = []
        client.on_notebook_start = lambda **_: kernels.append(client.km.provisioner.pid)  # type: ignore[union-attr]
        client.execute()
        return kernels[0]

    @property
    def code(self) -> list[Any]:
        """Return its cells of code."""
        return [cell for cell in self.content.cells if cell.cell_type == "code"]

    def printed(self) -> dict[str, str]:
        """Return what each cell printed, by the cell's id."""
        return {cell.id: "".join(output.get("text", "") for output in cell.outputs) for cell in self.code}

    def plots(self) -> int:
        """Return how many plots it shows."""
        return sum(output.output_type == "display_data" for cell in self.code for output in cell.outputs)


@pytest.fixture
def notebook(request: pytest.FixtureRequest) -> Notebook:
    """Return the lab's notebook, as it is committed."""
    return Notebook(request.path.parents[1] / "notebook.ipynb")


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    """Let kernels meet the suite's own database, and leave nothing in anybody's home."""
    from django.db import connection  # noqa: PLC0415
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    name = str(connection.settings_dict["NAME"])
    base = os.environ["DJANGO_SETTINGS_MODULE"]
    (tmp_path / "notebook_settings.py").write_text(SETTINGS.format(base=base, name=name))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "notebook_settings")
    monkeypatch.setenv("DATABASE_URL", make_conninfo(os.environ["DATABASE_URL"], dbname=name))
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))


def is_as_it_ran(notebook: Notebook) -> bool:
    """Tell whether a notebook is committed as it ran from top to bottom, named cell by cell, without an editor's noise."""
    content = notebook.content
    counts = [cell.execution_count for cell in notebook.code]
    noise = [cell.id for cell in content.cells if cell.metadata or cell.id.isdigit()]
    is_plain = set(content.metadata) == {"kernelspec", "language_info"}
    return counts == list(range(1, len(counts) + 1)) and not noise and is_plain
