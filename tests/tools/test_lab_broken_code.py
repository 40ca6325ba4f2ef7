"""What a beginner may do to their copy of the rest lab: each is named as theirs, and holds nothing up once it is mended."""

import re

import pytest

from nexus.labs.manifest import lab_named
from nexus.labs.workcopy import WorkCopy

pytestmark = pytest.mark.timeout(180)  # the first start fills 60,000 rows
REST = lab_named("rest")


def problems_py(work: WorkCopy, old: str, new: str) -> None:
    """Change the student's problems.py."""
    text = (work.part / "problems.py").read_text()
    assert old in text
    (work.part / "problems.py").write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("import json\n", "import json\ndef (\n", r"work/rest/lab_rest/problems\.py:\d+: invalid syntax\n +def \("),
        ("import json\n", "import json\nimport nmupy\n", r"ModuleNotFoundError: No module named 'nmupy'"),
        ("RequestIdMiddleware, request_id_of", "request_id_of", r'Module "lab_rest\.problems" does not define a "RequestIdMiddleware"'),
        ("import json\n", "import json\nraise SystemExit\n", r"the playground ended before it served; its log is "),
        ("import json\n", "import json\0\n", r"work/rest/lab_rest/problems\.py:1: source code string cannot contain null bytes"),
    ],
)  # fmt: skip
def test_code_that_does_not_load_is_named_as_the_students(work, nexus_lab, old, new, said):
    problems_py(work, old, new)

    done = nexus_lab("check", "rest")

    assert done.returncode == 1
    assert "your part does not load" in done.stdout
    assert re.search(said, done.stdout), done.stdout


def test_a_deleted_file_is_brought_back_by_the_command_that_the_message_names(work, nexus_lab):
    (work.part / "keyset.py").unlink()

    told = nexus_lab("check", "rest")
    words = re.search(r"Put it back with \./nexus lab (reset rest [\w-]+) ", told.stdout)[1].split()
    brought_back = nexus_lab(*words)
    after = nexus_lab("check", "rest")

    assert "work/rest/lab_rest/keyset.py is gone." in told.stdout
    assert brought_back.returncode == 0
    assert "your part does not load" not in after.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("while True: pass", "none within 10 s: does your code wait for ever, or loop without end?"),
        ("import os; os._exit(3)", "the connection ended without one"),
    ],
)
def test_a_request_that_ends_in_no_answer_is_named_and_holds_nothing_up_once_it_is_mended(
    work, nexus_lab, line, said
):
    work.take_solution(REST.steps[0])
    problems_py(work, "    document: dict", f"    {line}\n    document: dict")

    unanswered = nexus_lab("check", "rest", REST.steps[0].id)
    problems_py(work, f"    {line}\n", "")
    mended = nexus_lab("check", "rest", REST.steps[0].id)

    assert unanswered.returncode == 1
    assert said in unanswered.stdout
    assert mended.returncode == 0, mended.stdout
