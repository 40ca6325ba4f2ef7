"""The checker tells the student's errors from its own, and stops at the first step that fails."""

import pytest

from nexus.errors import NexusError
from nexus.labs import report
from nexus.labs.checker import check_steps
from nexus.labs.workcopy import WorkCopy, strip


@pytest.fixture
def part(lab):
    """The student's part, solved."""
    work = WorkCopy(lab)
    work.make(None)
    for step in lab.steps:
        work.take_solution(step)
    return work.part


@pytest.fixture
def states(lab, bench):
    """Return a function that checks a part and returns the states of its steps and the results."""

    def check(part, *, all_=False, limit_s=30):
        on = bench(part)
        done = list(check_steps(lab, lab.steps, type(on)(**{**vars(on), "limit_s": limit_s}), all_=all_))
        return [one.state for one in done], [result for one in done for result in one.results]

    return check


def change(part, file, old, new):
    text = (part / file).read_text()
    assert old in text
    (part / file).write_text(text.replace(old, new))


def test_a_solved_part_passes_every_check(part, states):
    assert states(part)[0] == ["passed", "passed"]


def test_a_wrong_answer_fails_and_the_steps_after_it_wait(part, states):
    change(part, "numbers.py", "n + n", "n * n * n")

    found, (result,) = states(part)

    assert found == ["failed", "blocked"]
    assert (result.expected, result.actual) == ("4", "8")


def test_with_all_the_steps_after_a_failure_are_checked_too(part, states):
    change(part, "numbers.py", "n + n", "n * n * n")

    assert states(part, all_=True)[0] == ["failed", "failed"]


def test_a_task_that_is_not_written_is_the_students_with_their_own_lines_alone(lab, part, states):
    strip(part, [lab.step("halving")])

    found, results = states(part)

    assert found == ["passed", "failed"]
    assert results[1].traceback.splitlines()[-1] == "NotImplementedError: halving: Halve a number"
    assert f'File "{part}/parts.py", line 10, in half' in results[1].traceback
    assert "tiny_checks" not in results[1].traceback


def test_an_error_of_the_check_itself_is_broken_and_never_blamed_on_the_student(lab, part, states):
    change(lab.folder, "tiny_checks/arithmetic.py", "if (got := numbers.double(2)) != 4", "if unknown_name")

    found, (result,) = states(part)
    printed = "\n".join(report.broken_lines(result))

    assert found == ["broken", "blocked"]
    assert "The check twice_two_is_four is broken, not your code" in printed
    assert "NameError: name 'unknown_name' is not defined" in printed


def test_code_that_never_ends_is_stopped_and_named_and_the_other_checks_go_on(part, states):
    change(part, "numbers.py", "return n + n", "while n == 2: pass\n    return n + n")

    found, results = states(part, all_=True, limit_s=1)

    assert found == ["failed", "passed"]
    assert results[0].actual == "it did not come to an end"
    assert f'File "{part}/numbers.py", line 7, in double' in results[0].traceback


def test_a_check_that_never_ends_by_itself_is_broken(lab, part, states):
    change(lab.folder, "tiny_checks/arithmetic.py", "if (got := numbers.double(2)) != 4:", "while True:")
    change(
        lab.folder, "tiny_checks/arithmetic.py", 'raise Mismatch("4", str(got), "python -c', 'str("python -c'
    )

    found, (result,) = states(part, limit_s=1)

    assert found == ["broken", "blocked"]
    assert "Timeout" in result.traceback


def test_an_import_of_a_module_that_is_not_there_is_the_students(part, states):
    change(part, "parts.py", '"""Parts of numbers."""', "import nmupy")

    found, (result,) = states(part)

    assert found == ["failed", "blocked"]
    assert result.traceback.splitlines()[-1] == "ModuleNotFoundError: No module named 'nmupy'"


def test_code_that_ends_the_process_is_the_students(part, states):
    change(part, "numbers.py", "return n + n", "import os; os._exit(7)")

    found, (result,) = states(part)

    assert found == ["failed", "blocked"]
    assert result.actual == "the process ended with exit code 7 while this check ran"


def test_checks_never_run_on_another_part_than_the_one_meant(lab, part, bench, tmp_path):
    on = bench(part)
    elsewhere = type(on)(**{**vars(on), "part": tmp_path})

    with pytest.raises(NexusError, match=r"were to run on .* and would run on"):
        list(check_steps(lab, lab.steps, elsewhere))


def test_a_failure_says_five_things_and_shows_the_students_own_error(lab, part, states):
    strip(part, [lab.step("halving")])

    _, results = states(part)
    lines = list(report.failure_lines(lab, lab.step("halving"), results[1]))

    heads = [line[2:12].strip() for line in lines if line[2:3].strip()]
    assert heads == ["asked", "expected", "actual", "your code", "why", "see it", "read", "check"]
    assert "  why        A whole is too much." in lines
    assert any("docs/concepts/rest.md#the-problem" in line for line in lines)
