"""The notebook runs, on whose part it says, and counts what its committed outputs show."""

import pytest

from nexus.labs.fixtures import is_as_it_ran

pytestmark = pytest.mark.timeout(300)  # on a machine that does much else


@pytest.mark.usefixtures("kernel")
def test_the_notebook_counts_what_its_committed_outputs_show(notebook):
    committed = notebook.printed()

    notebook.run()

    assert notebook.printed() == committed


def test_the_notebook_is_committed_as_it_ran_from_top_to_bottom(notebook):
    assert is_as_it_ran(notebook)
    assert notebook.plots() == 2
    assert notebook.file.stat().st_size <= 200_000
