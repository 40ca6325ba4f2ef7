"""The notebook runs, on whose part it says, and counts what its committed outputs show; times are never compared."""

import os

import pytest

from nexus.labs.fixtures import is_as_it_ran

pytestmark = pytest.mark.timeout(300)  # on a machine that does much else
SAME_EVERYWHERE = ("setup", "counts", "titles")  # the cells that print no time


@pytest.mark.usefixtures("kernel")
def test_the_notebook_counts_what_its_committed_outputs_show_and_ends_its_kernel(notebook):
    committed = notebook.printed()

    number = notebook.run()

    assert {name: notebook.printed()[name] for name in SAME_EVERYWHERE} == {
        name: committed[name] for name in SAME_EVERYWHERE
    }
    assert committed["counts"].splitlines()[1].split() == ["naive", "6", "26", "101", "251", "501"]
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_the_notebook_is_committed_as_it_ran_from_top_to_bottom(notebook):
    assert is_as_it_ran(notebook)
    assert notebook.plots() == 2
    assert notebook.file.stat().st_size <= 200_000
