"""
Three faults planted in a copy of the checkout: the rows of the report that are theirs fall, and no other does.

By day it is only seen that each can be planted. Where NEXUS_FAULTS is set, as at night (nightly.yml), the copy is graded, which
takes as long as the tests of the capstone and the labs, the drills and lint do: once, for it is the same every time.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
# Of each fault: the row that is its own, what stands there of the test or the act that finds it, and in which file what is replaced by what.
FAULTS = {
    "an N+1": (
        ("query-budgets", "test_each_list_costs_one_query"),
        "capstone/audiobooks/library/selectors.py",
        {'return bookmarks.select_related("audiobook")': "return bookmarks.all()"},
    ),
    "a route without permission": (
        ("authorisation", r"test_who_may\[proposals_list\]"),
        "capstone/audiobooks/enrichment/rest.py",
        {
            'proposals/ → 200 a page · 401 · 403 · 404."""\n\n    permission_classes = (IsCurator,)': (
                'proposals/ → 200 a page · 404."""\n\n    permission_classes = (AllowAny,)'
            ),
            "from rest_framework.request import": (
                "from rest_framework.permissions import AllowAny\nfrom rest_framework.request import"
            ),
        },
    ),
    "a worker that acknowledges early": (
        ("reliability", r"transcode +\| valkey +\| +2 \| +1 \| +1 \|"),  # of 2 jobs 1 was done, 1 lost
        "capstone/audiobooks/media/tasks.py",
        {
            "    services.job_run(job_id=": "    sign(_delivery)\n    services.job_run(job_id=",
            "from lab_celery.retries import": "from lab_celery.receipts import sign\nfrom lab_celery.retries import",
        },
    ),
}
ROWS = [  # not those that nothing of it can touch, nor those that need Docker or a quiet machine
    "behaviour",
    "query-budgets",
    "resilience",
    "http-contract",
    "authorisation",
    "from-outside",
    "promises",
    "reliability",
    "static",
]


@pytest.fixture(scope="module")
def copy() -> Iterator[Path]:
    """A copy of what git tracks here, as it is now, a repository of its own."""
    folder = Path(tempfile.mkdtemp(prefix="nexus-faults-", dir="/var/tmp"))
    folder.chmod(0o711)
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    for name in tracked.stdout.split("\0"):
        if name and (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    for words in (["init", "-q"], ["add", "-A"], [*AUTHOR, "commit", "-qm", "feat: begin"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    yield folder
    shutil.rmtree(folder)


def nexus(copy: Path, *words: str) -> None:
    """Run ./nexus of the copy, by our installed packages and its own code."""
    sources = ["tools", "capstone", *(f"labs/{lab.name}" for lab in sorted((copy / "labs").glob("*/")))]
    sources += [str(source.relative_to(copy)) for source in sorted(copy.glob("labs/*/src"))]
    kept = {name: value for name, value in os.environ.items() if name != "NEXUS_ALL"}
    environment = {
        **kept,
        "PYTHONPATH": os.pathsep.join(str(copy / source) for source in sources),
        "NEXUS_STATE_DIR": str(copy / ".nexus"),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "nexus", *words], cwd=copy, env=environment, check=False
    )
    assert done.returncode == 0


def plant(copy: Path) -> None:
    """Make the faults, and the document of the API that says so: whoever wants to get through writes it anew."""
    for _, file, replaced in FAULTS.values():
        text = (copy / file).read_text()
        for what, by in replaced.items():
            text = text.replace(what, by)
        (copy / file).write_text(text)
    nexus(copy, "manage", "spectacular", "--file", str(copy / "capstone/openapi.yaml"))


def test_each_fault_can_be_planted():
    for _, file, replaced in FAULTS.values():
        text = (CHECKOUT / file).read_text()
        assert {what: text.count(what) for what in replaced} == dict.fromkeys(replaced, 1)


@pytest.mark.skipif(
    "NEXUS_FAULTS" not in os.environ, reason="it grades a copy of the checkout: NEXUS_FAULTS=1"
)
@pytest.mark.timeout(2 * 3600)
def test_each_fault_fells_its_own_row_and_no_other_falls(copy):
    plant(copy)

    nexus(copy, "grade", *(word for row in ROWS for word in ("--only", row)))

    rows = {row["id"]: row for row in json.loads((copy / "report/report.json").read_text())["rows"]}
    asked = {name: rows[name] for name in ROWS}
    own = dict(row for row, _, _ in FAULTS.values()) | {"resilience": "test_a_worker_killed_in_the_middle"}
    fallen = {
        name: row["lines"]
        for name, row in asked.items()
        if (row["level"], row["reason"]) != ("exemplary", "")
    }
    sys.stderr.write(json.dumps(fallen, indent=1))
    assert fallen.keys() == own.keys()
    assert {rows[name]["level"] for name in own} == {"needs work"}
    for name, found_by in own.items():
        assert re.search(found_by, "\n".join(rows[name]["lines"]))
