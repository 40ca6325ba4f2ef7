"""One error of each kind is planted in a copy of the hub, and caught by a message that names the place."""

import os
import subprocess

import pytest

from nexus import docs, hub_text, pages, site_links, sources, transcripts
from nexus.evidence_page import RECORDS

CONFIGURATION = f"""
INHERIT: {pages.CHECKOUT}/mkdocs.yml
docs_dir: docs
watch: []
theme: {{name: material, custom_dir: {pages.DOCS}/overrides}}
extra_css: []
extra_javascript: []
markdown_extensions:
  pymdownx.snippets: {{base_path: ["{pages.CHECKOUT}"], check_paths: true, dedent_subsections: true}}
nav: [index.md, other.md]
"""
SOUND = {
    "index.md": '# Home\n\n[There](other.md#there)\n\n```text\n--8<-- "docs/transcripts/challenge-orm.txt:part-1"\n```\n',
    "other.md": "# Other\n\n## There\n",
}


@pytest.fixture
def built(tmp_path):
    """Build a hub of two pages by our own configuration; return the exit code and what was said."""

    def build(**changed: str) -> tuple[int, str]:
        (tmp_path / "mkdocs.yml").write_text(CONFIGURATION)
        (tmp_path / "docs").mkdir()
        for name, text in (SOUND | {f"{name}.md": text for name, text in changed.items()}).items():
            (tmp_path / "docs" / name).write_text(text)
        done = subprocess.run(
            [*docs.MKDOCS, "build", "--strict"],
            cwd=tmp_path,
            env=docs.environment(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    return build


def test_the_sound_copy_is_built(built, tmp_path):
    assert built()[0] == 0
    assert "part-1" not in (tmp_path / "site/index.html").read_text()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"index": '```text\n--8<-- "docs/transcripts/challenge-orm.txt:part-99"\n```\n'},
            "Snippet section 'part-99' could not be located",
        ),
        (
            {"other": "# Other\n\n## Elsewhere\n"},
            "'index.md' contains a link 'other.md#there', but the doc 'other.md' does not contain an anchor '#there'",
        ),
        (
            {"orphan": "# Nobody leads here\n"},
            'pages exist in the docs directory, but are not included in the "nav" configuration:\n  - orphan.md',
        ),
        ({"other": "# Other\n\n## There\n\n[Gone](gone.md)\n"}, "'other.md' contains a link 'gone.md'"),
    ],
    ids=["missing region", "broken fragment", "orphan page", "broken link"],
)
def test_the_build_stops_and_names_the_place(built, changed, said):
    code, told = built(**changed)

    assert code != 0
    assert said in told


def test_a_changed_output_is_told_with_its_line():
    file = RECORDS / "challenge-orm.txt"
    fresh = file.read_text().replace("501", "502")

    told = list(transcripts.differences(file, fresh))

    assert told[0] == "--- docs/transcripts/challenge-orm.txt"
    assert any(line.startswith("-") and "501" in line for line in told[1:])


def test_an_untrue_number_in_a_labs_table_is_told_with_its_row():
    readme = (pages.CHECKOUT / "labs/rest/README.md").read_text()
    row = hub_text.LAB_TABLE.findall(readme)[0].splitlines()[0]
    untrue = f"{row}0"

    assert list(hub_text.untrue_rows("docs/labs/rest.md", readme.replace(row, untrue, 1), readme)) == [
        f"docs/labs/rest.md says {untrue!r}: no run did"
    ]


def test_an_untrue_number_on_a_generated_page_names_the_page(monkeypatch):
    made = pages.pages()
    evidence = pages.DOCS / "evidence.md"
    monkeypatch.setattr(
        pages, "pages", lambda: made | {evidence: made[evidence].replace("recorded runs", "runs")}
    )

    assert pages.stale() == ["docs/evidence.md"]


def test_code_that_nothing_vouches_for_is_told_with_its_line():
    page = "# Page\n\n<!-- unchecked: it asks for a password -->\n```sh\nlog-in\n```\n\n```sh\nls\n```\n"

    assert [fault.partition(": ")[0] for fault in hub_text.unvouched("docs/page.md", page)] == [
        "docs/page.md:8"
    ]


def test_a_picture_without_words_is_told_by_its_name(tmp_path):
    (tmp_path / "index.html").write_text('<img src="cat.png"><img src="cat.png" alt="a cat">')
    (tmp_path / "cat.png").touch()
    drawing = (pages.CHECKOUT / "diagrams/house.svg").read_text()

    assert site_links.broken_links(tmp_path) == ["index.html: image cat.png has no alt text"]
    assert list(hub_text.wordless("house.svg", drawing.replace("<desc", "<g"))) == ["house.svg has no <desc>"]


def test_an_address_that_is_no_https_or_is_spelled_in_two_ways_is_told():
    two = ["https://example.org/a", "https://www.example.org/a/"]

    assert list(sources.misspelled(["http://example.org/b", *two])) == [
        "http://example.org/b is not https",
        *(f"{address} is spelled in 2 ways" for address in two),
    ]
    assert list(sources.misspelled(hub_text.sources({f: f.read_text() for f in hub_text.page_files()}))) == []
