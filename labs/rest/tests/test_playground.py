"""The lab tells the truth: its README shows what a fresh run counts, and its manifest names what exists."""

import re
import tomllib
from pathlib import Path

import pytest
from rest_framework import exceptions

from lab_rest.exceptions import REFUSALS
from rest_playground import lists, pages, show, stage
from rest_playground.models import Reading, Station

LAB = Path(__file__).parents[1]
PART = {file.name: file.read_text() for file in (LAB / "src/lab_rest").glob("*.py")}
MARK = re.compile(r"^ *# --8<-- \[(start|end):([a-z-]+)\]$", re.MULTILINE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)  # it serialises the 60,000 readings 6 times
def test_the_readme_shows_the_counts_of_a_fresh_run_which_leaves_the_stage_as_it_was():
    stage.fill()

    fresh = "\n".join(show.lines(show.measure()))

    (shown,) = re.findall(r"^60,000 readings\..*?deleted\.$", (LAB / "README.md").read_text(), re.M | re.S)
    assert shown == fresh
    assert stage.is_filled()


@pytest.mark.django_db(transaction=True)
def test_the_page_that_is_measured_is_page_2000():
    stage.fill()

    link = lists.link_to_deep_page(show.get, "/step5/readings/")

    assert lists.ids(show.get(link)) == lists.newest_first()[49_975:50_000]


@pytest.mark.django_db(transaction=True)
def test_the_stage_is_put_back_after_a_change():
    stage.fill()
    Reading.objects.filter(pk=7).update(wind_kmh=1)
    assert not stage.is_filled()

    stage.fill()

    assert stage.is_filled()
    assert (Station.objects.count(), Reading.objects.count()) == (60, 60_000)
    assert Reading.objects.filter(temperature_c=None).count() == 619


def test_a_step_that_does_not_answer_stops_the_show(db, settings):
    settings.ALLOWED_HOSTS = []

    with pytest.raises(RuntimeError, match="answered 400"):
        show.measure()


def test_every_problem_type_of_the_part_is_explained_where_it_leads(client):
    named = {slug for text in PART.values() for slug in re.findall(r'type="([a-z-]+)"', text)}
    named |= {slug for _, slug, _ in REFUSALS.values()}
    codes = {error.default_code for error in vars(exceptions).values() if hasattr(error, "default_code")}
    named |= {code.replace("_", "-") for code in codes - {"error", "invalid"}}

    page = client.get("/errors/").content.decode()

    assert set(re.findall(r'<dt id="([a-z-]+)">', page)) == named == set(pages.PROBLEMS)


def test_the_first_page_names_commands_that_work(client, db):
    text = client.get("/").content.decode()

    paths = re.findall(r"'http://testserver(\S+)'", text)
    assert [client.get(path).status_code for path in paths] == [
        *(200, 404, 404, 200, 200, 400, 400),  # step 2 has no reading 7, and step 3 no page 2,000 of none
        *(405, 404),
        *(404, 404, 404, 200),
    ]


def test_every_region_opens_and_closes_once_and_belongs_to_one_step():
    marks = [mark for text in PART.values() for mark in MARK.findall(text)]
    steps = tomllib.loads((LAB / "lab.toml").read_text())["step"]

    regions = [region for step in steps for region in step["regions"]]
    assert sorted(marks) == sorted((edge, region) for region in regions for edge in ("start", "end"))
    assert len(regions) == len(set(regions)) == 15


def test_every_step_has_three_hints_and_one_reason():
    for step in tomllib.loads((LAB / "lab.toml").read_text())["step"]:
        assert [bool(hint) for hint in step["hints"]] == [True] * 3
        assert re.fullmatch(r"[A-Z].+\.", step["why"])


def test_the_readmes_table_of_steps_is_the_manifests():
    manifest = tomllib.loads((LAB / "lab.toml").read_text())
    file_of = {region: name for name, text in PART.items() for _, region in MARK.findall(text)}

    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \| (\d+) \|$", (LAB / "README.md").read_text(), re.M)

    assert [row[:2] for row in rows] == [(step["id"], step["title"]) for step in manifest["step"]]
    for (*_, regions, checks), step in zip(rows, manifest["step"], strict=True):
        assert re.findall("`([a-z-]+)`", regions) == step["regions"]
        assert set(re.findall(r"`([a-z_]+\.py)`", regions)) == {file_of[region] for region in step["regions"]}
        assert int(checks) == len(step["checks"])
