"""A student's copy: the tasks taken out, the promises left in, and nothing lost when it is begun anew."""

import shutil
import subprocess
import sys

import pytest

from nexus.errors import NexusError
from nexus.labs import course, progress
from nexus.labs.workcopy import WorkCopy


@pytest.fixture
def work(lab):
    copy = WorkCopy(lab)
    copy.make(None)
    return copy


def run(work, statement):
    """Run a statement on the student's part alone."""
    return subprocess.run(
        [sys.executable, "-P", "-c", statement],
        env={"PYTHONPATH": str(work.folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_task_raises_under_its_steps_name_and_the_files_still_import(work):
    imports = run(work, "import lab_tiny.numbers, lab_tiny.parts; print(lab_tiny.numbers.__file__)")
    doubled = run(work, "from lab_tiny.numbers import double; double(1)")
    quartered = run(work, "from lab_tiny.parts import quarter; quarter(1)")

    assert imports.stdout == f"{work.part}/numbers.py\n"
    assert doubled.stderr.splitlines()[-1] == "NotImplementedError: doubling: Double a number"
    assert quartered.stderr.splitlines()[-1] == "NotImplementedError: halving: Halve a number"


def test_docstrings_signatures_and_regions_that_are_no_task_stay(work):
    text = (work.part / "numbers.py").read_text()

    assert '    """Return n twice."""\n    # --8<-- [start:double]\n    # TODO Double a number.' in text
    assert "return n + n" not in text
    assert "    # --8<-- [start:for-a-page-only]\n    return n > 0\n" in text


def test_a_course_can_be_begun_in_the_middle(lab):
    work = WorkCopy(lab)

    work.make(lab.step("halving"))

    assert "return n + n" in (work.part / "numbers.py").read_text()
    assert "NotImplementedError" in (work.part / "parts.py").read_text()


def test_the_steps_that_came_solved_get_no_hint(lab, work, capsys):
    progress.forget(lab, "halving")

    course.hint(lab, None)

    assert capsys.readouterr().out.startswith("Halve a number (halving)\n  1. Take a part.\n")


def test_solutions_of_every_step_make_the_part_again(lab, work):
    for step in lab.steps:
        work.take_solution(step)

    ours = {file.name: file.read_text() for file in lab.part.glob("*.py")}
    assert {file.name: file.read_text() for file in work.files()} == ours


def test_a_step_begun_anew_keeps_the_others_and_a_backup_of_what_was_there(lab, work):
    for step in lab.steps:
        work.take_solution(step)
    mine = (work.part / "numbers.py").read_text().replace("n + n", "2 * n")
    (work.part / "numbers.py").write_text(mine)

    backup = work.reset(lab.step("doubling"))

    assert (backup / "numbers.py").read_text() == mine
    assert "2 * n" not in (work.part / "numbers.py").read_text()
    assert "return n / double(1)" in (work.part / "parts.py").read_text()


def test_a_whole_lab_begun_anew_keeps_a_backup_each_time(work):
    (work.part / "mine.py").write_text("x = 1\n")

    first, second = work.begin_anew(None), work.begin_anew(None)

    assert (first / "mine.py").read_text() == "x = 1\n"
    assert not (second / "mine.py").exists()
    assert first != second


def test_a_deleted_file_is_named_and_its_step_brings_it_back(lab, work):
    (work.part / "parts.py").unlink()

    (fault,) = work.faults()
    work.reset(lab.step("halving"))

    assert fault.endswith(
        "parts.py is gone. Put it back with ./nexus lab reset tiny halving (what you have is kept as a backup)."
    )
    assert list(work.faults()) == []
    assert (work.part / "parts.py").read_text().count("NotImplementedError") == 2


def test_a_file_without_its_marks_is_told_what_they_look_like(lab, work):
    (work.part / "numbers.py").write_text("def double(n):\n    return 2 * n\n")

    with pytest.raises(
        NexusError, match=r"marks of the region 'double' are gone \(# --8<-- \[start:double\]"
    ):
        work.reset(lab.step("doubling"))


def test_a_syntax_error_is_named_with_file_line_and_the_line_itself(work):
    (work.part / "numbers.py").write_text("def double(n):\n    return (n\n")

    (fault,) = work.faults()

    assert fault.endswith("numbers.py:2: '(' was never closed\n    return (n")


def test_the_diff_shows_what_the_student_wrote_and_nothing_else(lab, work):
    text = (work.part / "numbers.py").read_text()
    (work.part / "numbers.py").write_text(
        text.replace('raise NotImplementedError("doubling: Double a number")', "return 2 * n")
    )

    changed = [line for line in work.changes(None) if line[:1] in "+-" and line[:3] not in ("+++", "---")]

    assert changed == ['-    raise NotImplementedError("doubling: Double a number")', "+    return 2 * n"]


def test_every_change_of_a_file_is_another_revision(work):
    before = work.revision()
    (work.part / "numbers.py").write_text((work.part / "numbers.py").read_text() + "\n")
    after = work.revision()
    (work.part / "numbers.py").rename(work.part / "renamed.py")

    assert len({before, after, work.revision()}) == 3


def test_a_copy_made_anew_is_another_revision_though_it_is_the_same_letter_for_letter(lab, work):
    """A server that failed while the old one was deleted says nothing of it."""
    before, files = work.revision(), {file: file.read_text() for file in work.files()}
    shutil.rmtree(work.folder)

    work.make(None)

    assert {file: file.read_text() for file in work.files()} == files
    assert work.revision() != before


def test_hints_come_one_by_one_and_are_counted(lab, work, capsys):
    for _ in range(4):
        course.hint(lab, None)

    printed = capsys.readouterr().out
    assert [printed.count(text) for text in ("Add it.", "To itself.", "n + n")] == [4, 3, 2]
    assert progress.steps_of(lab)["doubling"]["hints"] == 3


def test_a_solution_is_shown_once_the_step_has_passed_or_was_given_up(lab, work, capsys):
    with pytest.raises(NexusError, match="doubling has not passed yet"):
        course.show_solution(lab, lab.step("doubling"), give_up=False, apply=False)
    course.show_solution(lab, lab.step("doubling"), give_up=True, apply=False)
    progress.note_states(lab, {"halving": True})
    course.show_solution(lab, lab.step("halving"), give_up=False, apply=False)

    printed = capsys.readouterr().out
    assert "# double, in numbers.py\n    return n + n\n" in printed
    assert "# quarter, in parts.py\n        n = half(n)\n" in printed
    assert [
        bool(progress.steps_of(lab).get(step, {}).get("gave_up")) for step in ("doubling", "halving")
    ] == [True, False]


def test_progress_that_is_no_json_is_told_what_is_lost_by_deleting_it(lab, work):
    progress.note_states(lab, {"doubling": True})
    progress.progress_file().write_text("{")

    with pytest.raises(NexusError, match=r"progress\.json is not JSON any more .* Delete it"):
        progress.read_progress()


def test_the_curriculum_says_how_far_and_what_next(lab):
    (row,) = course.rows([lab])
    before = course.what_next([lab])
    WorkCopy(lab).make(None)
    progress.note_states(lab, {"doubling": True, "halving": False})
    begun = course.what_next([lab])
    progress.note_states(lab, {"halving": True})

    assert row == ["tiny", "not begun", "0 of 2", "5 (estimate)", "–", "How large can a small thing be?"]
    assert before == "Next: ./nexus lab start tiny"
    assert begun == "Next: Halve a number. ./nexus lab check tiny"
    assert course.what_next([lab]).startswith("All done: ./nexus up --mine")
