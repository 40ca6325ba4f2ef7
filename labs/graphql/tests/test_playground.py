"""The lab tells the truth: pages, manifest and README name what exists, and the stage is as it is known."""

import re
import tomllib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

LAB = Path(__file__).parents[1]
PART = {file.name: file.read_text() for file in (LAB / "src/lab_graphql").glob("*.py")}
MARK = re.compile(r"^ *# --8<-- \[(start|end):([a-z-]+)\]$", re.MULTILINE)
STATIC = "/static/lab_graphql/"


def test_every_problem_type_that_is_told_is_explained_where_it_leads(client, db):
    named = {slug for text in PART.values() for slug in re.findall(r'Refused\(\s*"([a-z-]+)"', text)}
    named |= {"invalid-document", "syntax-error", "too-many-tokens", "too-deep", "document-too-long"}

    page = client.get("/errors/").content.decode()

    assert set(re.findall(r'<dt id="([a-z-]+)">', page)) == named


def test_the_stage_is_put_back_after_a_change(db):
    from graphql_playground import stage  # noqa: PLC0415 -- after Django is set up
    from graphql_playground.models import Film, Person, Review, Studio  # noqa: PLC0415

    Film.objects.filter(pk=7).update(title="Another")
    Review.objects.filter(pk=7).update(stars=1)

    stage.fill()

    assert (Film.objects.get(pk=7).title, Review.objects.get(pk=7).stars) == ("Film 7", 5)

    kinds = (Studio, Person, Film, Review)
    assert [kind.objects.count() for kind in kinds] == [12, 120, 400, 1_600]
    assert Film.cast.through.objects.count() == 1_200


def test_every_region_opens_and_closes_once_and_belongs_to_one_step():
    marks = [mark for text in PART.values() for mark in MARK.findall(text)]
    steps = tomllib.loads((LAB / "lab.toml").read_text())["step"]

    regions = [region for step in steps for region in step["regions"]]
    assert sorted(marks) == sorted((edge, region) for region in regions for edge in ("start", "end"))
    assert len(regions) == len(set(regions)) == 20


def test_the_readmes_table_of_steps_is_the_manifests():
    manifest = tomllib.loads((LAB / "lab.toml").read_text())
    text = (LAB / "README.md").read_text().partition("## Your steps")[2]
    file_of = {region: name for name, text in PART.items() for _, region in MARK.findall(text)}

    rows = re.findall(r"^\| ([A-Z].+) \| (`.+) \|$", text, re.MULTILINE)

    assert [title for title, _ in rows] == [step["title"] for step in manifest["step"]]
    for (_, cell), step in zip(rows, manifest["step"], strict=True):
        assert re.findall("`([a-z-]+)`", cell) == step["regions"]
        assert set(re.findall(r"`([a-z_]+\.py)`", cell)) == {file_of[region] for region in step["regions"]}


def test_a_browser_is_shown_graphiql_from_this_site_alone_and_curl_an_answer(client, db):
    page = client.get("/step4/graphql/", headers={"Accept": "text/html,*/*;q=0.8"})

    files = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert [file for file in files if not file.startswith(STATIC)] == []
    assert len(files) == 7
    assert [file for file in files if not finders.find(file.removeprefix("/static/"))] == []
    assert page["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert client.get("/step4/graphql/?query={__typename}").json()["data"] == {"__typename": "Query"}


def test_a_graph_without_an_explorer_shows_a_browser_no_page(rf):
    from graphql_playground.urls import graph_at  # noqa: PLC0415 -- after Django is set up
    from lab_graphql.views import graph_view  # noqa: PLC0415

    answer = graph_view(graph_at("step1"))(rf.get("/", headers={"Accept": "text/html,*/*;q=0.8"}))

    assert answer.status_code == 400
    assert "html" not in answer["Content-Type"]


def test_the_files_that_are_not_ours_come_with_their_licences():
    folder = LAB / "src/lab_graphql/static/lab_graphql"

    licences = (folder / "LICENSES.txt").read_text()

    assert licences.count("Permission is hereby granted") == 2
    assert {file.name for file in folder.glob("*.min.*")} == set(
        re.findall(r"\b[a-z.-]+\.min\.(?:js|css)\b", licences)
    )


@pytest.mark.parametrize("step", ["step1", "step3", "step4", "step5"])
def test_the_first_page_counts_what_its_commands_take(client, db, step):
    text = client.get("/").content.decode()
    document = re.search(rf"ask {step} '(.+?)' +(\d+)", text)

    answer = client.post(f"/{step}/graphql/", {"query": document[1]}, "application/json")

    assert answer["X-Queries"] == document[2]
