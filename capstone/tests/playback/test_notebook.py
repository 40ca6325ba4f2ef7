"""The notebook that replays two devices prints and draws what is committed, and its exercises have the answers it gives."""

import pytest

from nexus.labs.fixtures import Notebook, is_as_it_ran
from nexus.notebook_page import NOTEBOOK

pytestmark = pytest.mark.timeout(300)  # a kernel starts, on a machine that does much else


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> Notebook:
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    return Notebook(NOTEBOOK)


def said(notebook: Notebook) -> dict[str, tuple[str, list[str]]]:
    """Return what each cell prints, which may come in pieces, and what it draws."""
    return {
        cell.id: (
            "".join(output.get("text", "") for output in cell.outputs),
            [output["data"]["image/svg+xml"] for output in cell.outputs if "data" in output],
        )
        for cell in notebook.code
    }


def change(notebook: Notebook, cell_id: str, before: str, after: str) -> None:
    (cell,) = [cell for cell in notebook.code if cell.id == cell_id]
    assert before in cell.source
    cell.source = cell.source.replace(before, after)


def test_it_prints_and_draws_what_is_committed(notebook):
    committed = said(notebook)

    notebook.run()

    assert said(notebook) == committed


def test_it_is_committed_as_it_ran_from_top_to_bottom(notebook):
    assert is_as_it_ran(notebook)
    assert NOTEBOOK.stat().st_size <= 40_000


def test_its_exercises_have_the_answers_it_gives(notebook):
    change(notebook, "events", "position_min=4 + 2 * seq", "position_min=26 + 2 * seq")
    change(
        notebook,
        "merge",
        "batches = [train[:2], train[2:], sofa[:1], sofa[1:]]",
        "batches = [[one] for one in evening]",
    )
    change(notebook, "merge", "24 * len(batches)", "5_040 * len(batches)")
    change(
        notebook,
        "grid",
        "start + 4_000) for start in range(0, ten_hours, 8_000)",
        "start + 400) for start in range(0, ten_hours, 1_000)",
    )

    notebook.run()

    printed = notebook.printed()
    assert printed["merge"].startswith("35280 arrivals, 1 state\n")
    assert "or 18:36 tablet at 32 min" in printed["conflict"]
    assert "on the grid 0 pieces of 0 min" in printed["grid"]


def test_a_restart_holds_the_place_against_what_is_later(notebook):
    change(
        notebook,
        "events",
        "evening = [*train, *sofa]",
        "train[1] = replace(train[1], generation=1)\nevening = [*train, *sofa]",
    )
    notebook.content.cells = [cell for cell in notebook.code if cell.id in {"setup", "events", "merge"}]

    notebook.run()

    assert "you are here: 18:04 phone at 24 min" in notebook.printed()["merge"]
