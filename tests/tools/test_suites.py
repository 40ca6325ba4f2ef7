import pytest

from nexus.services import new_ephemeral_state, session
from nexus.test import chosen_paths, unused_plugins

NO_HYPOTHESIS, NO_SCHEMATHESIS = ["-p", "no:hypothesispytest"], ["-p", "no:schemathesis"]


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("import pytest\n", [*NO_HYPOTHESIS, *NO_SCHEMATHESIS]),
        ('"""from hypothesis"""\n', [*NO_HYPOTHESIS, *NO_SCHEMATHESIS]),
        ("from hypothesis import given\n", NO_SCHEMATHESIS),
        ("import hypothesis.strategies as st\n", NO_SCHEMATHESIS),
        ("import schemathesis\nfrom hypothesis import settings\n", []),
    ],
)
def test_a_heavy_plugin_is_left_out_where_no_test_imports_its_library(tmp_path, text, left_out):
    (tmp_path / "below").mkdir()
    (tmp_path / "below/test_it.py").write_text(text)

    assert unused_plugins([str(tmp_path)]) == left_out
    assert unused_plugins([f"{tmp_path}/below/test_it.py::test_one"]) == left_out


def test_the_capstones_suite_has_both():
    assert unused_plugins(["capstone/tests"]) == []


def test_paths_of_one_suite_are_one_run_because_they_share_a_database():
    paths = ["tests/tools/test_ports.py", "labs/rest/tests", "tests/tools/test_words.py::test_one"]

    with session(new_ephemeral_state()) as services:
        checks = list(chosen_paths(paths, services))

    assert [(check.suite, check.what.count(".py")) for check in checks] == [("tools", 2), ("rest", 0)]
