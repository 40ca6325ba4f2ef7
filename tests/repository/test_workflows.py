"""Continuous integration runs what everybody runs, with no more rights than it needs."""

import re
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((CHECKOUT / ".github/workflows").glob("*.yml"))
# docker.yml starts the images from outside; a lab alone, without ./nexus, proves its bill of materials; newman is npm's,
# and a report's summary goes where GitHub shows it.
OWN_COMMANDS = {
    ("docker.yml", "compose"),
    ("labs.yml", "find"),
    ("labs.yml", "alone"),
    ("capstone.yml", "postman"),
    ("grade.yml", "report"),
}
PINNED = re.compile(r"^[\w./-]+@[0-9a-f]{40}$")


def jobs() -> list[tuple[str, str, dict]]:
    return [
        (file.name, name, job)
        for file in WORKFLOWS
        for name, job in yaml.safe_load(file.read_text())["jobs"].items()
    ]


def test_there_are_workflows_for_each_kind_of_check():
    assert {file.stem for file in WORKFLOWS} >= {"lint", "labs", "capstone", "docs"}


@pytest.mark.parametrize(
    ("file", "name", "job"), jobs(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_job_runs_the_front_door_and_nothing_cleverer(file, name, job):
    commands = [line for step in job["steps"] for line in step.get("run", "").splitlines()]

    if (file, name) in OWN_COMMANDS:
        assert commands
    else:
        assert [line for line in commands if not line.startswith("./nexus ")] == []


# --8<-- [start:pinned]
@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_no_rights_but_those_a_job_names(file):
    workflow = yaml.safe_load(file.read_text())

    assert workflow["permissions"] == {}
    assert [
        name for name, job in workflow["jobs"].items() if "write-all" in str(job.get("permissions"))
    ] == []
    # --8<-- [end:pinned]
    assert [name for name, job in workflow["jobs"].items() if "timeout-minutes" not in job] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_are_pinned_to_a_commit(file):
    uses = [
        step["uses"]
        for job in yaml.safe_load(file.read_text())["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    ]

    assert [action for action in uses if not PINNED.match(action)] == []


def test_what_docker_yml_looks_for_in_logs_is_what_something_says(texts):
    phrases = re.findall(r" logs [^|]+\| grep '([^']+)'", texts[Path(".github/workflows/docker.yml")])
    sources = [text for path, text in texts.items() if path.parts[0] in {"capstone", "labs"}]

    assert phrases
    assert [phrase for phrase in phrases if not any(phrase in text for text in sources)] == []


def test_ci_run_calls_nexus_test():
    script = CHECKOUT / ".ci/run"

    assert script.stat().st_mode & 0o111 == 0o111
    assert script.read_text().rstrip().endswith('exec ./nexus test "$@"')
    assert len(script.read_text().splitlines()) <= 10
