"""The hub's pages as text: what each kind owes its reader, and that what they name exists."""

import importlib.util
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from nexus import challenges, pages
from nexus.hub_text import FENCE, INCLUDE, LAB_TABLE, page_files, untrue_rows, unvouched, wordless
from nexus.labs.links import symbol_exists

ROOT = pages.CHECKOUT
DOCS = pages.DOCS
PAGES = page_files()
CONCEPTS = sorted(DOCS.glob("concepts/*.md"))
CARDS = sorted(DOCS.glob("technologies/*.md"))
PLANNED = tomllib.loads((ROOT / "labs/planned.toml").read_text())
LABS = {file.parent.name: tomllib.loads(file.read_text()) for file in ROOT.glob("labs/*/lab.toml")}
CONCEPT_FACTS = {
    "search",
    "title",
    "summary",
    "concepts",
    "lab",
    "capstone",
    "technologies",
    "minutes",
    "reviewed",
}
CONCEPT_HEADINGS = [
    "The problem",
    "The idea",
    "In code",
    "What it costs",
    "When it breaks",
    "Do it",
    "In the capstone",
    "Check yourself",
    "Read next",
]
CARD_HEADINGS = ["What it is", "Why here", "Where to see it running", "Traps", "Alternatives"]
CHALLENGE_HEADINGS = ["The problem", "The fix", "The result", "The limits"]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def facts_of(file: Path) -> dict:
    return pages.front_matter(file.read_text())


def headings_of(file: Path) -> list[str]:
    text = FENCE.sub("", file.read_text())
    return [found[1] for found in re.finditer(r"^## (.+?)(?: \{.*\})?$", text, re.MULTILINE)]


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name != "decisions"], ids=named)
def test_a_page_says_in_one_sentence_what_it_is_about(page):
    facts = facts_of(page)

    assert facts["title"]
    assert re.fullmatch(r"[A-ZÀ-Ý].{15,160}[.?]", facts["summary"])


@pytest.mark.parametrize("page", CONCEPTS, ids=named)
def test_a_concept_page_has_all_its_facts_and_its_headings_in_the_one_order(page):
    facts = facts_of(page)

    assert set(facts) == CONCEPT_FACTS
    assert set(facts["minutes"]) == {"value", "kind"}
    assert facts["search"]["boost"] >= 2, "search must find the concept before what merely names it"
    assert facts["minutes"]["kind"] in {"estimate", "measured"}
    assert isinstance(facts["reviewed"], date)
    assert headings_of(page) == CONCEPT_HEADINGS
    idea = page.read_text().partition("## The idea")[2].partition("\n## ")[0]
    assert 'class="nx"' in idea, "the idea needs one picture"


@pytest.mark.parametrize("challenge", challenges.names())
def test_a_page_runs_each_challenge_and_shows_every_part_of_what_it_prints(challenge):
    record = challenges.record_of(challenge)
    parts = set(re.findall(r"\[start:([\w-]+)\]", record.read_text()))
    texts = [text for page in PAGES if f"./nexus challenge {challenge}\n" in (text := page.read_text())]
    shown = [{part for path, part in INCLUDE.findall(text) if path.endswith(record.name)} for text in texts]

    assert parts in shown


@pytest.mark.parametrize("page", CONCEPTS, ids=named)
def test_a_concept_page_asks_three_questions_with_folded_answers(page):
    questions = page.read_text().partition("## Check yourself")[2].partition("\n## ")[0]

    assert len(re.findall(r'^\?\?\? question ".+\?"$', questions, re.MULTILINE)) == 3


@pytest.mark.parametrize("page", [page for page in CONCEPTS if facts_of(page)["lab"] in LABS], ids=named)
def test_a_concept_its_lab_and_the_capstone_lead_to_each_other(page):
    facts, lab = facts_of(page), LABS[facts_of(page)["lab"]]
    part = f"lab_{facts['lab']}"

    assert page.stem in lab["concepts"]
    assert set(facts["capstone"]) & set(lab["capstone"])
    for place in facts["capstone"]:
        assert part in (ROOT / place.partition("::")[0]).read_text(), f"{place} does not use {part}"


@pytest.mark.parametrize("page", [page for page in CONCEPTS if facts_of(page)["lab"] not in LABS], ids=named)
def test_a_concept_without_a_lab_names_one_that_is_planned_and_does_not_link_it(page):
    lab, text = facts_of(page)["lab"], page.read_text()

    assert lab in PLANNED
    assert f"labs/{lab}.md" not in text
    assert "planned" in text.partition("## Do it")[2].partition("\n## ")[0]


@pytest.mark.parametrize("page", CONCEPTS, ids=named)
def test_what_a_concept_page_names_exists_and_names_it_too(page):
    facts = facts_of(page)

    assert facts["capstone"]
    for place in facts["capstone"]:
        assert symbol_exists(place), place
    for name in facts["concepts"]:
        assert (DOCS / f"concepts/{name}.md").is_file(), name
    for name in facts["technologies"]:
        assert page.stem in facts_of(DOCS / f"technologies/{name}.md")["concepts"], name


@pytest.mark.parametrize("lab", LABS)
def test_a_concept_names_the_lab_that_names_it(lab):
    for concept in LABS[lab]["concepts"]:
        assert facts_of(DOCS / f"concepts/{concept}.md")["lab"] == lab


@pytest.mark.parametrize("page", CARDS, ids=named)
def test_a_technology_card_names_the_version_that_is_run_or_the_format_it_speaks_of(page):
    facts = facts_of(page)
    locks = "".join(lock.read_text() for lock in ROOT.glob("requirements/*.txt"))

    if "unversioned" in facts:
        assert len(facts["unversioned"]) > 30, "say why there is no version to check"
        assert "version" not in facts
    elif "format" in facts:
        assert f"/{facts['version']}/" in facts["format"]
    elif "image" in facts:
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].values()
        images = [service.get("image") for service in services]
        images += re.findall(r"(?m)^ARG \w+=(\S+)$", (ROOT / "capstone/Dockerfile").read_text())
        assert f"{facts['image']}:{facts['version']}" in images
    else:
        pinned = rf"^{re.escape(facts['package'])}=={re.escape(facts['version'])} "
        assert re.search(pinned, locks, re.MULTILINE)
    assert headings_of(page) == CARD_HEADINGS
    assert [place for place in facts["capstone"] if not symbol_exists(place)] == []
    for concept in facts["concepts"]:
        assert (DOCS / f"concepts/{concept}.md").is_file(), concept


PLACE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*(?:::[\w.]+)?)`")


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.parent.name in {"practices", "collaboration", "projects"}],
    ids=named,
)
def test_each_place_that_a_practice_names_exists(page):
    for place in PLACE.findall(FENCE.sub("", page.read_text())):
        if place.partition("/")[0] in {"area", "feature", "release", "hotfix", "media", "audiobooks"}:
            continue  # a branch or an address
        path, _, symbol = place.partition("::")
        assert (ROOT / path).exists(), f"{named(page)} names {place}"
        assert not symbol or symbol_exists(place), f"{named(page)} names {place}"


def test_the_typed_client_asks_for_what_the_contract_has():
    """Its right half names members that exist, and its wrong half one that does not."""
    right, _, wrong = (DOCS / "examples/typed.ts").read_text().partition("[start:wrong]")
    document = yaml.safe_load((ROOT / "capstone/openapi.yaml").read_text())
    path = re.search(r'paths\["([^"]+)"\]\["get"\]', right)[1]
    answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    page = document["components"]["schemas"][answer["$ref"].rpartition("/")[2]]["properties"]
    row = document["components"]["schemas"][page["results"]["items"]["$ref"].rpartition("/")[2]]["properties"]

    assert set(re.findall(r"recording\.(\w+)", right)) <= set(row)
    assert set(re.findall(r"recording\.(\w+)", wrong)) - set(row) == {"duration_s"}


@pytest.mark.parametrize("page", sorted(DOCS.glob("challenges/*.md")), ids=named)
def test_a_challenge_shows_the_problem_the_fix_the_result_and_the_limits(page):
    assert headings_of(page) == CHALLENGE_HEADINGS


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_on_a_page_is_included_from_a_tested_file_or_says_why_it_is_not(page):
    assert list(unvouched(named(page), page.read_text())) == []


@pytest.mark.parametrize("page", [page for page in PAGES if "followed" in facts_of(page)], ids=named)
def test_a_page_that_says_a_test_follows_it_names_a_test_that_does(page):
    assert named(page) in (ROOT / facts_of(page)["followed"]).read_text()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_included_code_is_a_named_region_under_the_name_of_its_file(page):
    for fence in FENCE.finditer(page.read_text()):
        for path, region in INCLUDE.findall(fence[4]):
            assert f'title="{path}"' in fence[3] or path.startswith(
                "docs/transcripts/"
            )  # a session is no file
            assert region, f"{named(page)}: {path} is included whole: name a region"
            assert f"--8<-- [start:{region}]" in (ROOT / path).read_text()


@pytest.mark.parametrize(
    "file", [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("labs/*/README.md")], ids=named
)
def test_the_links_of_a_readme_lead_to_files(file):
    for target in LINK.findall(FENCE.sub("", file.read_text())):
        if "://" not in target and not target.startswith("#"):
            assert (file.parent / target.partition("#")[0]).exists(), target


def test_generated_pages_are_what_the_code_they_come_from_makes_them():
    assert pages.stale() == []


def test_every_drawing_was_rendered_from_the_source_beside_it():
    path = ROOT / "diagrams/render.py"
    spec = importlib.util.spec_from_file_location("render", path)
    render = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(render)
    sources = sorted(ROOT.glob("diagrams/*.dot"))

    assert sources
    for source in sources:
        drawing = source.with_suffix(".svg").read_text()
        assert f"from {source.name} {render.source_hash(source)} " in drawing, f"render {source.name}"


def test_every_drawing_is_told_in_words():
    drawings = sorted(ROOT.glob("diagrams/*.svg"))

    assert len(drawings) > 50
    assert [fault for file in drawings for fault in wordless(file.name, file.read_text())] == []


def test_the_recording_is_light_told_in_words_and_stands_still_for_whom_motion_disturbs():
    recording = (ROOT / "diagrams/recording.svg").read_text()

    assert len(recording.encode()) <= 150_000
    assert "<title" in recording
    assert "<desc" in recording
    assert "prefers-reduced-motion:reduce" in recording
    assert str(ROOT) not in recording


def test_the_map_names_every_page_that_must_be_written():
    """The plan's own list: a concept that has a page is linked, one that has none is told as planned."""
    text = (DOCS / "start/map.md").read_text()

    for page in [*CONCEPTS, *CARDS, *DOCS.glob("challenges/*.md"), *DOCS.glob("labs/*.md")]:
        assert f"(../{page.relative_to(DOCS)})" in text, f"the map does not link {named(page)}"


def test_the_navigation_is_valid_yaml_without_tags_of_one_tool():
    assert yaml.safe_load((ROOT / "mkdocs.yml").read_text())["strict"] is True


@pytest.mark.parametrize("page", [page for page in PAGES if LAB_TABLE.search(page.read_text())], ids=named)
def test_a_labs_table_on_a_page_counts_what_the_labs_readme_counts(page):
    """A page may leave rows out. The README's are compared with a fresh run by the lab's own tests."""
    lab = facts_of(page).get("lab") or page.stem
    readme = (ROOT / f"labs/{lab}/README.md").read_text()

    assert list(untrue_rows(named(page), page.read_text(), readme)) == []
