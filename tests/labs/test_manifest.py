"""A manifest that is wrong is refused with file, line and what would be right."""

import pytest

from nexus.errors import UnknownWord
from nexus.labs.manifest import ManifestError, in_order, lab_named, read_lab


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('why = "A half', 'because = "A half', 18, "step 'doubling': unknown key 'because'. Known: checks, concept, hints,"),
        ('why = "A half is not enough."\n', "", 12, "step 'doubling': the key 'why' is missing"),
        ('["Add it.", "To itself.", "n + n"]', '["Add it.", "To itself."]', 17, "step 'doubling': 3 hints are needed: a nudge"),
        ('["half", "quarter"]', '["half", "fifth"]', 24, "has no region 'fifth'. There are: double, for-a-page-only, half, quarter"),
        ('["half", "quarter"]', '["half", "double"]', 24, "the region 'double' is the task of 'doubling' already"),
        ('title = "Tiny"', 'name = "Tiny"', 2, "unknown key 'name'. Known: capstone, checks_ask, concepts,"),
        ("value = 5", 'value = "5"', 7, "minutes.value: Input should be a valid integer"),
        ('kind = "estimate"', 'kind = "guess"', 7, "Input should be 'estimate' or 'measured'"),
        ('checks = ["twice_two_is_four"]', "checks = []", 16, "step 'doubling': checks: "),
        ('concept = "rest.md#the-problem"', 'concept = "REST page"', 28, "step 'halving': concept: "),
        ("prerequisites = []", "prerequisites = [", 7, "not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(write_lab, old, new, line, said):
    file = write_lab({old: new}) / "lab.toml"

    with pytest.raises(ManifestError) as refusal:
        read_lab(file)

    lines = str(refusal.value).splitlines()
    assert any(one.startswith(f"{file}:{line}: ") and said in one for one in lines), lines


def test_every_fault_is_named_at_once(write_lab):
    file = write_lab({'title = "Tiny"': 'tittle = "Tiny"', 'why = "A whole': 'wy = "A whole'}) / "lab.toml"

    with pytest.raises(ManifestError) as refusal:
        read_lab(file)

    assert len(str(refusal.value).splitlines()) == 4  # each key both unknown and missing


def test_marks_that_do_not_pair_up_are_named_with_their_line(write_lab):
    folder = write_lab()
    numbers = folder / "src/lab_tiny/numbers.py"
    numbers.write_text(numbers.read_text().replace("    # --8<-- [end:double]\n", ""))

    with pytest.raises(ManifestError, match=r"numbers\.py:6: the region 'double' has no end"):
        read_lab(folder / "lab.toml")


def test_a_lab_comes_after_those_it_builds_on_and_a_circle_is_refused(lab):
    first, second = (lab.model_copy(update={"id": name}) for name in ("zebra", "ant"))
    after = second.model_copy(update={"prerequisites": ["zebra"]})
    circle = first.model_copy(update={"prerequisites": ["ant"]})

    assert [one.id for one in in_order([after, first])] == ["zebra", "ant"]
    with pytest.raises(ManifestError, match="ask for each other: ant, zebra"):
        in_order([after, circle])


def test_an_unknown_lab_or_step_is_answered_with_the_one_that_was_meant(lab):
    with pytest.raises(UnknownWord, match="Did you mean 'rest'"):
        lab_named("rset")
    with pytest.raises(UnknownWord, match="Did you mean 'doubling'"):
        lab.step("double")
