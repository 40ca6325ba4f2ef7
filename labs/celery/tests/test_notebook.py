"""The notebook runs, and what it counts is as its text says; speeds are never compared."""

import os
import re

import pytest

from celery_playground.measuring import SHORT
from nexus.labs.fixtures import is_as_it_ran

pytestmark = pytest.mark.timeout(300)  # on a machine that does much else


@pytest.mark.usefixtures("kernel")
def test_the_notebook_runs_a_long_prefetch_has_short_jobs_overtaken_and_its_kernel_ends(notebook):
    committed = notebook.printed()["counts"]

    number = notebook.run()

    assert committed == f"prefetch 1: 0 of {SHORT} overtaken\nprefetch 8: 7 of {SHORT} overtaken\n"
    said = notebook.printed()
    one_by_one, eight_ahead = map(int, re.findall(r": (\d+) of", said["counts"]))
    assert one_by_one <= 2  # a worker that the machine stops for as long as two jobs take is overtaken
    assert eight_ahead >= 7
    assert "Valkey answers." in said["brokers"]
    assert ("RabbitMQ answers." in said["brokers"]) != (
        "RabbitMQ is left out: none answers" in said["brokers"]
    )
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_the_notebook_is_committed_as_it_ran_from_top_to_bottom(notebook):
    assert is_as_it_ran(notebook)
    assert notebook.plots() == 3
    assert notebook.file.stat().st_size <= 200_000
