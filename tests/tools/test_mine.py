"""`--mine`: the capstone's own processes on a student's part, and no process that only pretends."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nexus.checks import Check, Runner
from nexus.environment import MANAGE, Addresses, capstone_environment
from nexus.errors import NexusError
from nexus.labs.manifest import Lab
from nexus.labs.mine import students_parts
from nexus.processes import free_port
from nexus.services import CHECKOUT, Session, State, session
from nexus.up import commands

LABS = [Lab.model_construct(id=name) for name in ("caching", "celery", "rest")]
FILES = """
import sys, config.wsgi, config.urls
print("\\n".join(module.__file__ for name, module in sys.modules.items() if name.startswith("lab_")))
"""
TESTS = """
import sys
from nexus.labs.manifest import Lab
from nexus.labs.mine import students_parts
from nexus.test import Wanted, test
parts = lambda: students_parts([Lab.model_construct(id="rest")], lambda lab: (7, 7))
sys.exit(test(sys.argv[1:], Wanted(mine=parts)))
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that fills the work folder with copies of the rest lab's part under these labs' names."""
    monkeypatch.setenv("NEXUS_WORK_DIR", str(tmp_path))

    def fill(*labs: str) -> Path:
        for lab in labs:
            shutil.copytree(CHECKOUT / "labs/rest/src/lab_rest", tmp_path / lab / f"lab_{lab}")
        return tmp_path

    return fill


@pytest.fixture
def services(state: State) -> Iterator[Session]:
    with session(state) as services:
        yield services


def passing(**steps: int) -> Callable[[str], tuple[int, int]]:
    return lambda lab: (steps[lab], 7)


def test_a_part_is_yours_when_all_steps_pass_and_the_others_are_ours_for_a_reason(work, capsys):
    folder = work("rest", "caching")

    parts = students_parts(LABS, passing(rest=7, caching=3))

    assert [copy.lab.id for copy in parts.yours] == ["rest"]
    assert capsys.readouterr().out.splitlines() == [
        f"nexus: checking {folder}/caching …",
        f"nexus: checking {folder}/rest …",
        f"nexus: parts: rest is yours ({folder}/rest)"
        " · caching is ours: 3 of 7 steps pass, see ./nexus lab check caching"
        " · celery is ours: begin with ./nexus lab start celery",
    ]


def test_a_lab_without_steps_proves_nothing(work):
    work("rest")

    with pytest.raises(NexusError, match=r"rest: 0 of 0 steps pass"):
        students_parts(LABS, lambda _lab: (0, 0))


def test_without_any_part_of_yours_the_way_to_one_is_named(work):
    work()

    with pytest.raises(NexusError, match=r"holds no part of yours: begin with \./nexus lab start caching$"):
        students_parts(LABS, passing())


def test_with_none_that_passes_the_first_is_named(work):
    work("rest", "caching")

    with pytest.raises(NexusError, match=r"caching: 6 of 7 steps pass, see \./nexus lab check caching$"):
        students_parts(LABS, passing(rest=0, caching=6))


def test_your_parts_come_before_what_is_on_the_path_already(work):
    folder = work("rest", "caching")

    parts = students_parts(LABS, passing(rest=7, caching=7))

    assert parts.environment({"PYTHONPATH": "/before", "PATH": "/bin"}) == {
        "PATH": "/bin",
        "PYTHONPATH": f"{folder}/caching:{folder}/rest:/before",
        "NEXUS_MINE": "caching,rest",
        "NEXUS_WORK_DIR": str(folder),
    }


def test_every_module_of_the_part_is_loaded_from_the_work_folder(services, work):
    folder = work("rest")
    parts = students_parts(LABS, passing(rest=7))
    environment = parts.environment(capstone_environment(services))

    command = [sys.executable, "-P", "-c", FILES]
    files = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert f"{folder}/rest/lab_rest/problems.py" in files
    loaded = [file for file in files if "/lab_rest/" in file]
    assert [file for file in loaded if not file.startswith(f"{folder}/rest/lab_rest/")] == []


def test_no_process_starts_on_our_part_under_the_name_of_yours(services, tmp_path):
    """Neither without the path, nor on a work folder that only links to ours."""
    lying = capstone_environment(services) | {"NEXUS_MINE": "rest", "NEXUS_WORK_DIR": str(tmp_path)}
    linking = lying | {"PYTHONPATH": str(tmp_path / "rest")}
    (tmp_path / "rest").mkdir()
    (tmp_path / "rest/lab_rest").symlink_to(CHECKOUT / "labs/rest/src/lab_rest")
    addresses = Addresses(api_port=free_port(), media_port=free_port())
    starts = commands(addresses, addresses.book_api) | {"manage": [*MANAGE, "check"]}

    processes = [Check(name, "lying", command, lying) for name, command in starts.items()]
    outcomes = Runner(services.guard).run([*processes, Check("manage", "linking", starts["manage"], linking)])

    refusal = (
        f"NEXUS_MINE names rest, but lab_rest comes from {CHECKOUT}/labs/rest/src/lab_rest/__init__.py, "
        f"not from {tmp_path}/rest. Start with `./nexus up --mine`"
    )
    assert [(outcome.failed, refusal in outcome.output) for outcome in outcomes] == [(1, True)] * (
        len(starts) + 1
    )


def test_the_capstones_tests_run_on_the_students_part_and_find_its_fault(own_folder, work, monkeypatch):
    monkeypatch.setenv("NEXUS_STATE_DIR", str(own_folder / "state"))
    problems = work("rest") / "rest/lab_rest/problems.py"
    problems.write_text(problems.read_text().replace("Problem(status=500,", "Problem(status=502,"))
    of_its_place = "test_every_part_of_this_run_comes_from_where_its_answers_say"
    of_its_answers = "test_defects_wrong_hosts_and_redirects_to_https_name_them_too"

    file = f"{CHECKOUT}/capstone/tests/config/test_mine.py"
    command = [sys.executable, "-P", "-c", TESTS, f"{file}::{of_its_place}", f"{file}::{of_its_answers}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.endswith("\n1 passed, 1 failed, 0 skipped\n")
    last_words = run.stdout.partition("\nFAILED: ")[2]
    assert last_words.startswith(
        f"capstone.tests.config.test_mine.{of_its_answers}: assert [502, 400, 301] == [500, 400, 301]"
    ), run.stdout
