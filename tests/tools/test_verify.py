"""A lab that is not honest is caught: the example lab of the hub, made dishonest in one way each."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nexus.labs import links, wrong
from nexus.labs.manifest import Lab, ManifestError, read_lab
from nexus.labs.verify import Trial
from nexus.services import Session, State, session

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/add_a_lab/labs/retry"
WAITS, PART, ROUNDED = "retry_checks/waits.py", "src/lab_retry/retry_after.py", "wrong/rounded_down.py"


@pytest.fixture(scope="module")
def services() -> Iterator[Session]:
    """Services for all of them."""
    folder = Path(tempfile.mkdtemp(prefix="nexus tests ", dir="/var/tmp"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "RABBITMQ_URL"):
            patch.delenv(variable, raising=False)
        with session(State(folder / "state", engines=folder / "engines")) as services:
            yield services
    shutil.rmtree(folder)


@pytest.fixture
def changed_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Lab]:
    """Return a function that copies the example lab and replaces words of one of its files."""

    def make(file: str = "", old: str = "", new: str = "") -> Lab:
        folder = Path(shutil.copytree(EXAMPLE, tmp_path / "retry"))
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(folder / "src")]))
        if file:
            text = (folder / file).read_text()
            assert old in text
            (folder / file).write_text(text.replace(old, new))
        return read_lab(folder / "lab.toml")

    return make


@pytest.fixture
def trial(changed_lab: Callable[..., Lab], services: Session, tmp_path: Path) -> Callable[..., Trial]:
    """Return a function that changes the lab and returns what tries it."""
    (tmp_path / "variants").mkdir()
    return lambda *words: Trial(changed_lab(*words), services, tmp_path / "variants")


def rounded_down(one: Trial) -> Iterator[str]:
    (found,) = (found for found in wrong.solutions(one.lab) if found.file.stem == "rounded_down")
    return one.wrong(found, record=False)


def test_an_honest_lab_has_no_fault(trial):
    one = trial()

    assert [*one.solution(0), *one.undone(one.lab.steps[1]), *rounded_down(one), *one.readme(one.lab)] == []
    assert list(one.leftovers()) == []


def test_a_solution_that_fails_a_check_is_a_fault(trial):
    (fault,) = trial(PART, "max(0, math.ceil(wait_s))", "math.ceil(wait_s)").solution(0)

    assert fault == "no_wait_is_negative: Retry-After: -2"


def test_a_check_that_cannot_fail_is_a_fault(trial):
    one = trial(WAITS, '    site.get("/relay/?upstream=soon").expect_status(502)', "    assert site")

    (fault,) = one.undone(one.lab.steps[1])

    assert fault == "understand: nonsense_is_refused must fail by what it asks for; it passed: "


def test_a_check_of_an_earlier_step_that_needs_a_later_one_is_a_fault(trial):
    one = trial(
        WAITS, '    answer = site.get("/busy/?wait_s=29.5")', '    answer = site.get("/relay/?upstream=29.5")'
    )

    faults = list(one.undone(one.lab.steps[1]))

    assert faults == ["understand: a_wait_is_rounded_up of an earlier step fails"]


def test_a_check_that_is_broken_by_itself_is_a_fault(trial):
    one = trial(WAITS, '    site.get("/relay/?upstream=soon").expect_status(502)', "    site.gte('/')")

    (fault,) = one.solution(0)

    assert fault.startswith("nonsense_is_refused: AttributeError: 'Site' object has no attribute 'gte'")


def test_a_wrong_solution_that_nobody_catches_is_a_fault(trial):
    (fault,) = rounded_down(trial(ROUNDED, "max(0, int(wait_s))", "max(0, int(wait_s) + 1)"))

    assert fault.endswith("to be caught by a_wait_is_rounded_up alone, and is by nothing")


def test_a_wrong_solution_that_another_check_catches_is_a_fault(trial):
    (fault,) = rounded_down(trial(ROUNDED, "max(0, int(wait_s))", "int(wait_s)"))

    assert fault.endswith("and is by a_wait_is_rounded_up (failed), no_wait_is_negative (failed)")


def test_words_that_are_not_those_recorded_are_a_fault_and_recording_writes_them(trial):
    one = trial("wrong/rounded_down.txt", "  expected   ", "  wanted     ")
    (found,) = (found for found in wrong.solutions(one.lab) if found.file.stem == "rounded_down")

    (fault,) = one.wrong(found, record=False)
    recorded = list(one.wrong(found, record=True))

    assert "is not what the checker says" in fault
    assert recorded == []
    assert found.recorded.read_text() == (EXAMPLE / "wrong/rounded_down.txt").read_text()


def test_a_readme_with_other_numbers_is_a_fault(trial):
    one = trial("README.md", "28               5           2", "28               5           1")

    (fault,) = one.readme(one.lab)

    assert "README.md does not show what show.py prints" in fault


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("lab.toml", '"no_wait_is_negative"]', '"no_wait"]', "there is no check 'no_wait' in retry_checks"),
        ("lab.toml", '"no_wait_is_negative"]', '"seconds_are_read"]', "the check 'seconds_are_read' is named twice"),
        ("lab.toml", ', "no_wait_is_negative"]', "]", "the check 'no_wait_is_negative' belongs to no step"),
        ("lab.toml", "health.py::ready", "health.py::unready", "capstone/config/health.py::unready does not exist"),
        ("lab.toml", "health.py::ready", "health.py::live", "capstone/config/health.py::live does not use lab_retry"),
        ("lab.toml", '"retry-after.md#the-idea"', '"rest.md#no-heading"', "docs/concepts/rest.md#no-heading does not exist"),
        ("lab.toml", 'concepts = ["retry-after"]', 'concepts = ["no-page"]', "there is no page 'no-page'"),
        ("lab.toml", "services = []", 'services = []\npromises = ["a_promise"]', "there is no check 'a_promise'"),
    ],
)  # fmt: skip
def test_what_a_manifest_names_and_nobody_has_is_a_fault_with_its_line(changed_lab, file, old, new, said):
    lab = changed_lab(file, old, new)

    faults = [fault for fault in links.findings(lab) if fault]

    assert any(said in fault and "lab.toml:" in fault for fault in faults), faults


def test_fewer_than_three_wrong_solutions_and_one_that_names_no_check_are_refused(changed_lab):
    lab = changed_lab(ROUNDED, "Caught by: a_wait_is_rounded_up", "Caught by: nobody")

    with pytest.raises(ManifestError, match=r"rounded_down\.py:1: no step of retry has a check 'nobody'"):
        wrong.solutions(lab)
    (lab.folder / ROUNDED).unlink()
    with pytest.raises(ManifestError, match="2 wrong solutions; 3 are the least"):
        wrong.solutions(lab)
