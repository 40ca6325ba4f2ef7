"""The order of reading: what a page builds on stands before it, and a path says how long it takes."""

import re

import pytest
import yaml

from nexus.pages import CHECKOUT, DOCS, files_in, front_matter

NAVIGATION = {
    name: list(files_in(entries))
    for part in yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text())["nav"]
    for name, entries in part.items()
}
CONCEPTS = [file.removeprefix("concepts/").removesuffix(".md") for file in NAVIGATION["Concepts"]]
PATHS = (DOCS / "start/paths.md").read_text().split("\n## ")[1:]
LINKED = re.compile(r"\]\(\.\./((?:concepts|labs)/[\w-]+\.md)\)")


def concepts_of(name: str) -> list[str]:
    return front_matter((DOCS / f"concepts/{name}.md").read_text())["concepts"]


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_concept_comes_after_those_it_builds_on(name):
    before = CONCEPTS[: CONCEPTS.index(name)]

    assert [other for other in concepts_of(name) if other not in before] == []


@pytest.mark.parametrize(
    "path", [path for path in PATHS if " minutes," in path], ids=lambda path: path.splitlines()[0]
)
def test_a_path_takes_as_long_as_its_pages_say(path):
    said = int(re.search(r"(\d+) minutes,", path)[1])
    pages = [front_matter((DOCS / file).read_text()) for file in LINKED.findall(path)]

    assert said == sum(page["minutes"]["value"] for page in pages)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.splitlines()[0])
def test_a_step_of_a_path_needs_only_steps_before_it(path):
    """A concept may be left out of a path where the one that builds on it can be read without it; a lab's never."""
    names = [
        file.partition("/")[2].removesuffix(".md")
        for file in LINKED.findall(path)
        if file.startswith("concepts/")
    ]

    for number, name in enumerate(names):
        assert [other for other in concepts_of(name) if other in names[number:]] == [], name
