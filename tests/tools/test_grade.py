"""The reviewer's report: read from a whole rubric, never counting what did not run, in words a reviewer understands."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from nexus.browser import chromium_program
from nexus.errors import NexusError, UnknownWord
from nexus.grade import Wanted, grade, keep, kept, rubric, trust, writing
from nexus.grade.evidence import KINDS, SUBJECT
from nexus.grade.facts import FAILED, PASSED, SKIPPED, Facts
from nexus.grade.report import Checks, Origin, Report, graded, not_verified, totals
from nexus.markdown import DOCS
from nexus.processes import free_port
from nexus.services import CHECKOUT

RUBRIC = rubric.read_rubric(set(KINDS))
LIST, AWAY = "a.test_a_list_costs_three_queries", "a.test_limits.test_without_valkey_nobody_guesses"
DRILLED = {"started": 9, "lost": 0, "doubled": 0, "lost_or_doubled": 0}
CHECKS = Checks(sha256="0" * 64, compared_with="", edited=None)


def facts(**but) -> dict[str, Facts]:
    """Every kind of evidence as good as it can be, but for these: its reason, its cases or its figures."""
    good = {
        "tests": [("a.test_one", PASSED), (LIST, PASSED), (AWAY, PASSED)],
        "contract": [("contract.test_who_may.test_x", PASSED), ("contract.test_document.test_y", PASSED)],
        "coverage": {"ran": 95, "of": 100, "share_covered": 0.95},
        "load": {"answers": 900, "errors": 0, "p95_ratio": 4},
    }
    made = {}
    for name in KINDS:
        given = but.get(name, good.get(name, {"share_passed": 1, "failed": 0, "passed": 9, **DRILLED}))
        made[name] = Facts(name, "./nexus it")
        if isinstance(given, str):
            made[name].not_run = given
        elif isinstance(given, list):
            made[name].cases = given
        else:
            made[name].figures = given
    return made


def report(gathered: dict[str, Facts]) -> Report:
    rows = graded(RUBRIC, gathered)
    return Report(
        made_at="2026-11-26T00:00:00+00:00",
        command="./nexus grade",
        minutes=1.0,
        origin=Origin(commit=None, committed_at=None, changed_files=["a<b>.py"]),
        checks=CHECKS,
        machine=trust.machine(),
        totals=totals(rows),
        rows=rows,
        not_verified=list(not_verified(rows, gathered, CHECKS)),
    )


def levels(gathered: dict[str, Facts]) -> dict[str, str | None]:
    return {row.id: row.level for row in graded(RUBRIC, gathered) if row.state != "for a person"}


def test_all_that_is_good_is_exemplary_and_a_persons_points_are_not_given():
    made = report(facts())

    assert set(levels(facts()).values()) == {"exemplary"}
    people = sum(row.weight for row in RUBRIC.human_rows)
    assert (made.totals.points, made.totals.of, made.totals.for_a_person) == (
        100 - people,
        100 - people,
        people,
    )


@pytest.mark.parametrize(
    ("but", "fallen"),
    [
        ({"tests": [("a.test_one", PASSED), (LIST, FAILED), (AWAY, PASSED)]}, {"query-budgets"}),
        ({"tests": [("a.test_one", FAILED), (LIST, PASSED), (AWAY, PASSED)]}, {"behaviour"}),
        ({"tests": [("a.test_one", PASSED), (LIST, PASSED), (AWAY, FAILED)]}, {"resilience"}),
        ({"coverage": {"of": 100, "share_covered": 0.7}}, {"coverage"}),
        ({"load": {"answers": 900, "errors": 0, "p95_ratio": 41}}, {"load"}),
        ({"load": {"answers": 900, "errors": 1, "p95_ratio": 4}}, {"load"}),
        (
            {"contract": [("contract.test_who_may.x", FAILED), ("contract.test_document.y", PASSED)]},
            {"authorisation"},
        ),
        ({"drills": DRILLED | {"lost": 1, "lost_or_doubled": 1}}, {"reliability"}),
        ({"static": {"failed": 2}}, {"static"}),
    ],
)
def test_a_fault_fells_its_own_row_alone(but, fallen):
    assert {row for row, level in levels(facts(**but)).items() if level == "needs work"} == fallen


def test_what_did_not_run_gets_no_points_and_is_said_in_the_list_of_what_nobody_verified():
    made = report(facts(container="there is no docker here."))

    (row,) = [row for row in made.rows if row.id == "container"]
    assert (row.state, row.points, row.level) == ("not run", None, None)
    assert made.totals.not_run == row.weight
    assert "It runs from containers: there is no docker here." in made.not_verified


def test_skipped_tests_are_not_counted_as_passed():
    made = report(facts(contract=[("test_who_may", SKIPPED), ("test_document", PASSED)]))

    (row,) = [row for row in made.rows if row.id == "authorisation"]
    assert (row.state, row.reason) == ("not run", "all 1 of its tests were skipped.")
    assert "1 tests of contract were skipped; their reasons stand in the row." in made.not_verified


def test_a_row_whose_tests_were_removed_is_not_graded_by_the_others():
    made = report(facts(contract=[("contract.test_document.test_y", PASSED)]))

    (row,) = [row for row in made.rows if row.id == "authorisation"]
    assert (row.state, row.points) == ("not run", None)
    assert (
        row.reason
        == "among what ./nexus it ran, no test is this row's: was it removed, or given another name?"
    )


def test_a_row_shows_what_failed_only_where_one_of_its_own_tests_did():
    gathered = facts(contract=[("test_who_may.x", FAILED), ("test_document.y", PASSED)])
    gathered["contract"].lines = ["FAILED test_who_may.x", "AssertionError: 200 != 403"]

    lines = {row.id: row.lines for row in graded(RUBRIC, gathered)}

    assert lines["authorisation"] == gathered["contract"].lines
    assert lines["http-contract"] == []


def test_the_budgets_row_claims_each_test_that_says_what_something_costs_and_counts_queries():
    budgets, away = (
        next(row for row in RUBRIC.machine_rows if row.id == name) for name in ("query-budgets", "resilience")
    )
    counting = re.compile(r"def (test_\w*cost\w*)\([^)]*django_assert_num_queries", re.DOTALL)
    files = (CHECKOUT / "capstone/tests").rglob("test_*.py")
    named = {f"{file.stem}.{name}" for file in files for name in counting.findall(file.read_text())}

    assert len(named) > 20
    assert {name for name in named if not budgets.claims_test(name) and not away.claims_test(name)} == set()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("weight = 10", "weight = 11"), "the weights add up to 101, not 100"),
        (('evidence = "outside"', 'evidence = "inside"'), "from-outside reads inside, which is no evidence"),
        (('evidence = "outside"', 'evidence = "tests"'), "a row is missing: none reads the evidence outside"),
        (
            ('open = "README.md"', 'open = "README.txt"'),
            "readme says to open what is not there: README.txt is gone",
        ),
        (('id = "naming"', 'id = "design"'), "two rows are called design"),
        (
            ("adequate_at = 0.98", "adequate_at = 1.1"),
            "behaviour asks more of the adequate than of the exemplary",
        ),
        (("weight = 10", "wieght = 10"), "wieght"),
        (("[[row]]", "[[row]"), "cannot be read as a rubric"),
    ],
)
def test_a_rubric_that_is_not_whole_is_refused_by_what_is_wrong(tmp_path, change, complaint):
    broken = tmp_path / "rubric.toml"
    broken.write_text(rubric.FILE.read_text().replace(*change, 1))

    with pytest.raises(NexusError, match=re.escape(complaint)):
        rubric.read_rubric(set(KINDS), broken)


def test_the_report_is_one_page_that_escapes_what_it_shows_and_json_that_keeps_its_schema(tmp_path):
    writing.write(report(facts(labs="begin with ./nexus lab start rest")), tmp_path)

    page = (tmp_path / "index.html").read_text()
    assert "a&lt;b&gt;.py" in page
    assert not re.search(r'(?:src|href)="', page), "one file, and nothing from elsewhere"
    schema = json.loads((DOCS / "reference/grade-report.schema.json").read_text())
    jsonschema.validate(json.loads((tmp_path / "report.json").read_text()), schema)
    assert "| The labs | – | not run | – of 7 |" in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_report_reads_well_in_both_schemes_and_on_a_phone(tmp_path, scheme, width):
    program = chromium_program()
    gathered = facts(
        labs="begin with ./nexus lab start rest", drills=DRILLED | {"lost": 1, "lost_or_doubled": 1}
    )
    gathered["drills"].lines = ["lost: " + "x" * 400]
    writing.write(report(gathered), tmp_path)

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program) as browser:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto((tmp_path / "index.html").as_uri())
        violations = Axe().run(page).response["violations"]
        is_too_wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == []
    assert not is_too_wide


def test_what_could_not_be_had_is_tried_again(tmp_path):
    wanted = Wanted(folder=tmp_path)
    keep(wanted, "this commit", Facts("container", "docker", not_run="there is no docker here."))

    assert kept(wanted, "this commit", "container") is None


def test_an_interrupted_run_goes_on_and_another_commit_begins_anew(tmp_path):
    wanted, done = Wanted(folder=tmp_path), Facts("static", "./nexus lint", figures={"failed": 0})
    done.cases = [("lint.types", PASSED)]
    keep(wanted, "this commit", done)

    assert kept(wanted, "this commit", "static") == done
    assert kept(wanted, "another commit", "static") is None
    assert kept(Wanted(folder=tmp_path, fresh=True), "this commit", "static") is None


class Page(BaseHTTPRequestHandler):
    """Answers everything with a page of HTML."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def html() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def from_outside(base_url: str, folder) -> dict[str, object]:
    assert grade(Wanted(base_url=base_url, folder=folder)) == 0
    rows = json.loads((folder / "report.json").read_text())["rows"]
    return {row["id"]: row["reason"] for row in rows}


def test_an_address_that_answers_html_or_nothing_is_told_in_words(html, tmp_path, capsys):
    silent = f"http://127.0.0.1:{free_port()}"

    said, unheard = from_outside(html, tmp_path / "html"), from_outside(silent, tmp_path / "silent")

    assert said["from-outside"] == f"{html} answers text/html, not JSON: give the address where /api/v1/ is."
    assert str(unheard["from-outside"]).startswith(f"{silent} does not answer as this API does: ")
    assert said["static"] == "--base-url looks from outside alone."


@pytest.mark.parametrize(
    ("subject", "is_kept"),
    [("feat(rest): list people", True), ("fix: it", True), ("Merge main", False), ("feat:it", False)],
)
def test_a_conventional_subject_is_known(subject, is_kept):
    assert bool(SUBJECT.match(subject)) == is_kept


@pytest.fixture
def students(tmp_path, monkeypatch):
    """A repository of one check and one module, committed once."""
    for name in (
        "capstone/tests/test_it.py",
        "labs/rest/rest_checks/step1.py",
        "capstone/audiobooks/views.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("assert 1\n")
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "feat: begin"], ["tag", "v1"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.setattr(trust, "CHECKOUT", tmp_path)
    return tmp_path


def test_edited_and_added_checks_are_named_and_what_is_no_check_is_not(students):
    assert trust.edited_checks("") is None
    assert trust.edited_checks("v1") == []
    before = trust.hash_of_checks()

    (students / "capstone/audiobooks/views.py").write_text("assert 2\n")
    assert (trust.edited_checks("v1"), trust.hash_of_checks()) == ([], before)

    (students / "labs/rest/rest_checks/step1.py").write_text("pass\n")
    (students / "capstone/tests/conftest.py").write_text("collect_ignore = ['test_it.py']\n")
    assert trust.edited_checks("v1") == ["capstone/tests/conftest.py", "labs/rest/rest_checks/step1.py"]
    assert trust.hash_of_checks() != before


def test_an_original_that_there_is_not_is_an_error_before_anything_runs(students, tmp_path):
    with pytest.raises(NexusError, match="--original v2: git knows no such commit"):
        grade(Wanted(original="v2", folder=tmp_path / "report"))


def test_what_decides_what_passes_is_where_the_hash_looks():
    assert [pattern for pattern in trust.CHECKS if not list(CHECKOUT.glob(pattern))] == []


def test_a_run_goes_on_only_where_no_content_changed_of_new_files_and_ignored_ones_too(students):
    new, own = students / "notes.py", students.parent / f"{students.name}-work"
    own.mkdir()
    (own / "part.py").write_text("1")
    new.write_text("1")
    before = trust.fingerprint("grade", folders=[own])
    assert trust.fingerprint("grade", folders=[own]) == before

    new.write_text("2")
    after_new = trust.fingerprint("grade", folders=[own])
    (own / "part.py").write_text("2")

    assert len({before, after_new, trust.fingerprint("grade", folders=[own])}) == 3


def test_a_report_holds_no_path_of_the_machine_it_was_made_on():
    said = f"FAILED {CHECKOUT}/capstone/tests/test_it.py in {CHECKOUT}, see {Path.home()}/notes"

    assert trust.portable(said) == "FAILED capstone/tests/test_it.py in ., see ~/notes"


def test_a_row_that_there_is_not_is_answered_by_those_there_are(tmp_path):
    with pytest.raises(UnknownWord, match="http-contract"):
        grade(Wanted(only=("http",), folder=tmp_path))


def test_only_a_row_gathers_what_it_reads_and_the_report_says_so_of_the_others(tmp_path):
    assert grade(Wanted(only=("history",), folder=tmp_path)) == 0

    rows = {row["id"]: row for row in json.loads((tmp_path / "report.json").read_text())["rows"]}
    assert rows["history"]["state"] == "graded"
    assert {rows[name]["reason"] for name in ("static", "labs", "coverage")} == {"--only leaves it out."}
    assert not (tmp_path / "evidence").exists(), "the next run begins anew"
