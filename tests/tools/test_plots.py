from xml.etree import ElementTree

import pytest

from nexus import plots

RESULT = {
    "goal": {"way": "compiled", "yardstick": "cards", "bar": 0.42, "goal": 0.6},
    "ratios": [0.2, 0.5, 0.8],
    "median": 0.5,
}
SVG = "{http://www.w3.org/2000/svg}"


def test_a_drawing_says_in_words_what_it_shows():
    drawn = ElementTree.fromstring(plots.drawing("reads", [RESULT]))  # noqa: S314 -- ours

    assert drawn.find(f"{SVG}desc").text == "compiled ÷ cards: 0.5 (0.2 to 0.8, bar 0.42, goal 0.6)."
    assert drawn.get("aria-labelledby") == "nx-plot-reads-title nx-plot-reads-desc"


def test_twice_as_much_is_as_far_everywhere_on_the_axis():
    at = [float(plots.across(ratio, 0.1, 10)) for ratio in (0.1, 0.2, 0.4, 5, 10)]

    assert (at[0], at[-1]) == (plots.MARGIN, plots.WIDTH - plots.MARGIN)
    assert [at[2] - at[1], at[4] - at[3]] == pytest.approx([at[1] - at[0]] * 2, abs=0.2)


def test_all_that_is_drawn_lies_between_the_ends_of_the_axis():
    rung = {
        "goal": {"way": "naive", "yardstick": "cards", "bar": None, "goal": None},
        "ratios": [0.0004, 0.003],
    }

    assert plots.bounds([RESULT, rung]) == (0.0002, 1)
    assert plots.bounds([RESULT]) == (0.2, 1)


def test_what_is_recorded_is_drawn():
    assert set(plots.files()) == {
        plots.drawing_of(name) for name in plots.DRAWN if plots.record_of(name).exists()
    }
