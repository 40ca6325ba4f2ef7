"""Coverage: measured in every process, added up by package, and nothing where nobody asked for it."""

import os
import shutil
import subprocess
import sys

import pytest

from nexus.coverage_of import Covered, by_package, covered, measured
from nexus.errors import NexusError
from nexus.services import CHECKOUT

IN_ANOTHER = """
import subprocess, sys
import lab_rest.cursors
subprocess.run([sys.executable, "-P", "-c", "import lab_celery.subscriptions"], check=True)
"""


def counts(statements: int, ran: int) -> dict[str, dict[str, int]]:
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": ran,
            "num_branches": 2,
            "covered_branches": 1,
        }
    }


def run(program: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-P", "-c", program], env=environment, cwd=CHECKOUT, check=True)


def test_what_a_process_and_what_it_started_ran_is_added_up_by_package(tmp_path):
    run(IN_ANOTHER, measured(os.environ, tmp_path))

    found = {one.package: one for one in covered(tmp_path)}

    assert set(found) == {"lab_celery", "lab_rest"}
    assert all(0 < one.ran < one.there_are for one in found.values())


def test_a_second_look_adds_what_ran_since(tmp_path):
    environment = measured(os.environ, tmp_path)
    run("import lab_rest.cursors", environment)
    (before,) = covered(tmp_path)

    run("import lab_rest.keyset, lab_rest.field_errors", environment)
    (after,) = covered(tmp_path)

    assert after.ran > before.ran


def test_where_nothing_ran_there_is_an_error_and_no_share(tmp_path):
    with pytest.raises(NexusError, match="No data to combine"):
        covered(measured(os.environ, tmp_path) and tmp_path)


def test_nothing_is_measured_where_nobody_asks(tmp_path):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    run("import sys; assert 'coverage' not in sys.modules", plain)

    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_a_test_made_and_took_away_is_left_out(tmp_path):
    copy, environment = tmp_path / "copy", measured(os.environ, tmp_path / "data")
    shutil.copytree(CHECKOUT / "labs/rest/src/lab_rest", copy / "lab_rest")
    run("import lab_rest.cursors", {**environment, "PYTHONPATH": str(copy)})
    shutil.rmtree(copy)
    run("import lab_celery.subscriptions", environment)

    assert [one.package for one in covered(tmp_path / "data")] == ["lab_celery"]


def test_the_capstone_is_one_and_each_part_another():
    files = {
        "capstone/audiobooks/ids.py": counts(10, 8),
        "capstone/config/urls.py": counts(6, 6),
        "labs/rest/src/lab_rest/links.py": counts(4, 1),
        "tools/nexus/lab_pages.py": counts(3, 0),
    }

    assert list(by_package(files)) == [
        Covered("capstone", 20, 16),
        Covered("lab_rest", 6, 2),
        Covered("nexus", 5, 1),
    ]
