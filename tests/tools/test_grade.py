"""The reviewer's report: read from a whole rubric, never counting what did not run, in words a reviewer understands."""

import json
import re

import jsonschema
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from nexus.browser import chromium_program
from nexus.checks import Case, Check, Outcome
from nexus.errors import NexusError
from nexus.grade import rubric, trust, writing
from nexus.grade.evidence import KINDS, SUBJECT, lines_of
from nexus.grade.facts import FAILED, PASSED, SKIPPED, Facts
from nexus.grade.report import Checks, Origin, Report, graded, not_verified, totals
from nexus.markdown import DOCS
from nexus.services import CHECKOUT

RUBRIC = rubric.read_rubric(set(KINDS))
LIST, AWAY = "a.test_a_list_costs_three_queries", "a.test_limits.test_without_valkey_nobody_guesses"
PLAN = "capstone.tests.playback.test_plans.test_no_hot_request_reads_a_large_table_from_end_to_end"
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
        ({"tests": [("a.test_one", PASSED), (PLAN, FAILED), (AWAY, PASSED)]}, {"query-budgets"}),
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
    gathered["contract"].lines = ["FAILED test_who_may.x: assert 200 == 403", "E  assert 200 == 403"]

    lines = {row.id: row.lines for row in graded(RUBRIC, gathered)}

    assert lines["authorisation"] == gathered["contract"].lines
    assert lines["http-contract"] == []


def test_what_failed_is_told_first_and_no_line_of_what_was_skipped_drowns_it():
    check = Check("labs", "a lab", ["it"], {})
    skips = [Case(f"t.test_{n}", "skipped", "no Memcached") for n in range(30)]
    says = "\n".join(["E  1 != 2", *[f"SKIPPED [1] t.py:{n}: no Memcached" for n in range(30)], "1 failed"])

    lines = lines_of(
        [
            Outcome(check, 1.0, [*skips, Case("t.test_x", "failed", "assert 1 == 2")], says),
            Outcome(check, 1.0, [Case("u.test_y", "failed", "assert 3 == 4")], "E  3 != 4"),
        ]
    )

    failed, said = (
        ["FAILED t.test_x: assert 1 == 2", "FAILED u.test_y: assert 3 == 4"],
        ["E  1 != 2", "1 failed"],
    )
    assert lines[:5] == [*failed, *said, "E  3 != 4"]
    assert lines[5:] == [f"skipped t.test_{n}: no Memcached" for n in range(30)]


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
    assert "- The labs: begin with ./nexus lab start rest" in (tmp_path / "summary.md").read_text()


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


@pytest.mark.parametrize(
    ("subject", "is_kept"),
    [("feat(rest): list people", True), ("fix: it", True), ("Merge main", False), ("feat:it", False)],
)
def test_a_conventional_subject_is_known(subject, is_kept):
    assert bool(SUBJECT.match(subject)) == is_kept


def test_the_example_says_of_which_commit_and_day_it_is_and_is_one_small_file():
    example = (DOCS / "capstone/example-report.html").read_text()

    assert re.search(r"Commit <code>[0-9a-f]{12}</code>\. Made 20\d\d-\d\d-\d\d \d\d:\d\d UTC", example)
    assert not re.search(r'(?:src|href)="(?!#)', example)
    assert len(example) < 60_000
    assert str(CHECKOUT) not in example
