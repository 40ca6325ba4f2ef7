"""The hub's pages as text: what each kind owes its reader, and that what they name exists."""

import importlib.util
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from nexus import pages
from nexus.labs.links import symbol_exists

ROOT = pages.CHECKOUT
DOCS = pages.DOCS
PAGES = sorted(file for file in DOCS.rglob("*.md") if not {"overrides", "examples"} & set(file.parts))
CONCEPTS = sorted(DOCS.glob("concepts/*.md"))
CARDS = sorted(DOCS.glob("technologies/*.md"))
LABS = {file.parent.name: tomllib.loads(file.read_text()) for file in ROOT.glob("labs/*/lab.toml")}
CONCEPT_FACTS = {"title", "summary", "concepts", "lab", "capstone", "technologies", "minutes", "reviewed"}
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
FENCE = re.compile(r"^( *)(```+)([^\n]*)\n(.*?)^\1\2$", re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(r'--8<-- "([^":]+)(?::([\w-]+))?"')
REASON = re.compile(r"<!-- unchecked: .{15,} -->\s*\Z")
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
    assert facts["minutes"]["kind"] in {"estimate", "measured"}
    assert isinstance(facts["reviewed"], date)
    assert headings_of(page) == CONCEPT_HEADINGS


@pytest.mark.parametrize("page", CONCEPTS, ids=named)
def test_a_concept_page_asks_three_questions_with_folded_answers(page):
    questions = page.read_text().partition("## Check yourself")[2].partition("\n## ")[0]

    assert len(re.findall(r'^\?\?\? question ".+\?"$', questions, re.MULTILINE)) == 3


@pytest.mark.parametrize("page", CONCEPTS, ids=named)
def test_a_concept_its_lab_and_the_capstone_lead_to_each_other(page):
    facts, lab = facts_of(page), LABS[facts_of(page)["lab"]]
    part = f"lab_{facts['lab']}"

    assert page.stem in lab["concepts"]
    assert set(facts["capstone"]) & set(lab["capstone"])
    for place in facts["capstone"]:
        assert symbol_exists(place), place
        assert part in (ROOT / place.partition("::")[0]).read_text(), f"{place} does not use {part}"
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

    if "format" in facts:
        assert f"/{facts['version']}/" in facts["format"]
    elif "image" in facts:
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].values()
        assert f"{facts['image']}:{facts['version']}" in [service.get("image") for service in services]
    else:
        pinned = rf"^{re.escape(facts['package'])}=={re.escape(facts['version'])} "
        assert re.search(pinned, locks, re.MULTILINE)
    assert headings_of(page) == CARD_HEADINGS
    assert all(symbol_exists(place) for place in facts["capstone"])


@pytest.mark.parametrize("page", sorted(DOCS.glob("challenges/*.md")), ids=named)
def test_a_challenge_shows_the_problem_the_fix_the_result_and_the_limits(page):
    assert headings_of(page) == CHALLENGE_HEADINGS


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_on_a_page_is_included_from_a_tested_file_or_says_why_it_is_not(page):
    text = page.read_text()

    for fence in FENCE.finditer(text):
        body = fence[4].strip()
        is_included = bool(body) and all(INCLUDE.fullmatch(line.strip()) for line in body.splitlines())
        is_followed = fence[3] == "console" and "followed" in facts_of(page)
        line = text[: fence.start()].count("\n") + 1
        assert is_included or is_followed or REASON.search(text[: fence.start()]), (
            f"{named(page)}:{line}: include the code, or say above it: <!-- unchecked: the reason -->"
        )


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
        assert "<title" in drawing
        assert "<desc" in drawing


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


TABLE = re.compile(r"^step +1 .*?(?=\n```|\n\n)", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if TABLE.search(page.read_text())], ids=named)
def test_a_labs_table_on_a_page_counts_what_the_labs_readme_counts(page):
    """A page may leave rows out. The README's are compared with a fresh run by the lab's own tests."""
    lab = facts_of(page).get("lab") or page.stem
    on_page, in_readme = (
        TABLE.search(file.read_text())[0] for file in (page, ROOT / f"labs/{lab}/README.md")
    )

    assert len(on_page.splitlines()) > 1
    assert [row for row in on_page.splitlines() if row not in in_readme.splitlines()] == []
