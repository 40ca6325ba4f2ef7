import pytest

from nexus.test import unused_plugins

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

    assert unused_plugins(str(tmp_path)) == left_out
    assert unused_plugins(f"{tmp_path}/below/test_it.py::test_one") == left_out


def test_the_capstones_suite_has_both():
    assert unused_plugins("capstone/tests") == []
