"""A run of ./nexus grade: interrupted, without services, of half-finished work, of an address; and whom its report trusts."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from nexus.errors import NexusError, UnknownWord
from nexus.grade import Wanted, alone_in, grade, keep, kept, rubric, trust
from nexus.grade.evidence import KINDS
from nexus.grade.facts import PASSED, Facts
from nexus.grade.scene import Scene
from nexus.labs.checker import steps_passed
from nexus.labs.manifest import labs
from nexus.labs.mine import Parts, students_parts
from nexus.processes import free_port
from nexus.services import CHECKOUT

RUBRIC = rubric.read_rubric(set(KINDS))


def test_what_could_not_be_had_is_tried_again(tmp_path):
    wanted = Wanted(folder=tmp_path)
    keep(wanted, "this commit", Facts("container", "docker", not_run="there is no docker here."))

    assert kept(wanted, "this commit", "container") is None


def test_what_was_had_before_an_interruption_is_not_gathered_again(tmp_path, monkeypatch, capsys):
    gathered: list[str] = []

    def images(_scene: Scene, facts: Facts) -> None:
        gathered.append("images")
        facts.figures = {"passed": 3, "failed": 0, "share_passed": 1.0}

    def history(_scene: Scene, facts: Facts) -> None:
        gathered.append("history")
        if gathered.count("history") == 1:
            raise KeyboardInterrupt
        facts.figures = {"passed": 9, "of": 9, "share_passed": 1.0}

    monkeypatch.setitem(KINDS, "container", replace(KINDS["container"], gather=images))
    monkeypatch.setitem(KINDS, "commits", replace(KINDS["commits"], gather=history))
    wanted = Wanted(only=("container", "history"), folder=tmp_path)

    with pytest.raises(KeyboardInterrupt):
        grade(wanted)
    assert "the same command goes on from there" in capsys.readouterr().out
    assert grade(wanted) == 0

    assert gathered == ["images", "history", "history"]
    assert re.search(r"the images … kept from 20\S+: passed 3", capsys.readouterr().out)


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    with alone_in(tmp_path), pytest.raises(NexusError, match="is at work in"):
        grade(Wanted(only=("history",), folder=tmp_path))


def test_an_interrupted_run_goes_on_and_another_commit_begins_anew(tmp_path):
    wanted, done = Wanted(folder=tmp_path), Facts("static", "./nexus lint", figures={"failed": 0})
    done.cases = [("lint.types", PASSED)]
    keep(wanted, "this commit", done)

    assert kept(wanted, "this commit", "static") == done
    assert kept(wanted, "another commit", "static") is None
    assert kept(Wanted(folder=tmp_path, fresh=True), "this commit", "static") is None


class Answers(BaseHTTPRequestHandler):
    """Answers everything alike: a page, or JSON below /json/."""

    def do_GET(self) -> None:
        is_json = self.path.startswith("/json/")
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if is_json else "text/html")
        self.end_headers()
        self.wfile.write(b'{"status": "ok"}')

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of a server that is not this API."""
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def reasons(folder: Path, **wanted: object) -> dict[str, str]:
    """Grade, and return of each row why it did not run."""
    assert grade(Wanted(folder=folder, **wanted)) == 0
    rows = json.loads((folder / "report.json").read_text())["rows"]
    return {row["id"]: row["reason"] for row in rows}


def test_an_address_where_this_api_is_not_is_told_in_words(elsewhere, tmp_path, capsys):
    silent = f"http://127.0.0.1:{free_port()}"

    said = {
        url: reasons(tmp_path, base_url=url)
        for url in (elsewhere, f"{elsewhere}/json", silent, "example.org", "http://[")
    }

    assert {row["static"] for row in said.values()} == {"--base-url looks from outside alone."}
    found = {url: row["from-outside"] for url, row in said.items()}
    assert found[elsewhere] == f"{elsewhere} answers text/html, not JSON: give the address where /api/v1/ is."
    assert found[f"{elsewhere}/json"].endswith("answers JSON, but no list of recordings: is it another API?")
    assert found[silent].startswith(f"{silent} does not answer as this API does: ")
    assert found["example.org"] == (
        "example.org is no address of the web: it begins with http:// or https://."
    )
    assert found["http://["].startswith("http://[ does not answer as this API does: ")
    assert "Which commit runs at http://[" in (tmp_path / "summary.md").read_text()


def test_without_services_what_needs_none_is_graded_and_the_others_say_why(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:{free_port()}/none")

    said = reasons(tmp_path, only=("static", "http-contract", "history"))

    assert "DATABASE_URL" in said["http-contract"]
    assert said["static"] == said["http-contract"]
    assert said["history"] == ""


def test_of_a_student_without_a_finished_part_the_labs_are_graded_and_nothing_runs_on_ours(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("NEXUS_WORK_DIR", str(tmp_path / "work"))

    def none_yet() -> Parts:
        return students_parts(labs(), steps_passed)

    said = reasons(tmp_path / "report", mine=none_yet, only=("labs", "http-contract", "reliability"))

    assert said["labs"] == ""
    begin = f"{tmp_path / 'work'} holds no part of yours: begin with ./nexus lab start {labs()[0].id}"
    assert said["http-contract"] == said["reliability"] == begin
    assert f"| 0 of {sum(len(lab.steps) for lab in labs())} |" in (tmp_path / "report/summary.md").read_text()


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
