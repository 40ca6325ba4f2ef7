"""`./nexus test`: every kind of check on services of its own, side by side, counted at the end."""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from nexus import lint
from nexus.checks import Check, Runner, conclude, print_table
from nexus.coverage_of import Covered, covered, measured
from nexus.environment import capstone_environment
from nexus.errors import UnknownWord
from nexus.labs.mine import FindParts
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT, Session, new_ephemeral_state, remove_stale_runs, session

HEAVY = {
    "hypothesispytest": "hypothesis",
    "schemathesis": "schemathesis",
}  # plugins, 0.9 s each; what they are for
IMPORTED = re.compile(r"^(?:from|import) (\w+)", re.MULTILINE)
DATABASES_PER_SUITE = 2  # of Valkey: one for the cache, one for Celery's queues


@dataclass(frozen=True)
class Suite:
    """The tests of one folder, or those of one mark: their own process, settings, database and Valkey databases."""

    name: str
    folder: str
    settings: str | None
    number: int
    at_once: int = 1
    mark: str = ""


def suites() -> list[Suite]:
    """Return the suites, the longest first."""
    labs = sorted(path.parent.name for path in (CHECKOUT / "labs").glob("*/tests"))
    return [
        Suite("capstone", "capstone/tests", "config.settings", 0, at_once=2, mark="not promise"),
        Suite(
            "promises", "capstone/tests/journeys", "config.settings", 1, mark="promise"
        ),  # the labs' checks, on the capstone
        *[Suite(lab, f"labs/{lab}/tests", f"{lab}_playground.settings", n) for n, lab in enumerate(labs, 2)],
        Suite("tools", "tests", None, len(labs) + 2, at_once=2),  # they wait for servers most of the time
    ]


EVERYTHING = ["tools", "capstone", "promises", "labs", "docs", "lint"]
WORDS = ["labs", *[suite.name for suite in suites()], "docs", "lint"]


@dataclass(frozen=True)
class Wanted:
    """How tests are run. ``mine``: the capstone's, on a student's parts; ``coverage``: and told which lines ran."""

    rounds: int = 1
    rabbitmq: bool = False
    mine: FindParts | None = None
    coverage: bool = False


def test(what: Sequence[str], wanted: Wanted) -> int:
    """Run what was asked for, or everything, and return the exit code."""
    refuse_unknown(what)
    if wanted.mine:
        what = what or ["capstone"]
        refuse_all_but_the_capstone(what)
    parts = wanted.mine() if wanted.mine else None
    # Each of some hundred processes would compile our code anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    remove_stale_runs()
    with (
        tempfile.TemporaryDirectory(prefix="nexus-test-") as folder,
        session(new_ephemeral_state(), rabbitmq=wanted.rabbitmq) as services,
    ):
        site, ran = str(Path(folder, "site")), Path(folder, "ran")  # building a site empties its folder
        asked = what or EVERYTHING
        checks = [check for word in asked if word in WORDS for check in chosen(word, services, site)]
        checks += chosen_paths([word for word in asked if word not in WORDS], services)
        if parts:
            checks = [replace(check, environment=parts.environment(check.environment)) for check in checks]
        if wanted.coverage:
            checks = [replace(one, environment=measured(one.environment, ran)) for one in checks]
        if wanted.rounds > 1:  # what is generated is then more, and another every time
            checks = [replace(check, environment={**check.environment, "NEXUS_ALL": "1"}) for check in checks]
        repeated = [check for check in checks for _ in range(wanted.rounds if check.is_repeated else 1)]
        code = conclude(Runner(services.guard).run(repeated))
        return told(covered(ran), code) if wanted.coverage else code


def told(found: Sequence[Covered], code: int) -> int:
    """Print how much of each package ran, and return the exit code, which that does not change."""
    print("\nstatements and branches that ran, in tests and in what they started:")
    print_table(
        ["package", "share", "of"], [[one.package, f"{one.share:.1%}", f"{one.there_are:,}"] for one in found]
    )
    return code


def refuse_unknown(what: Sequence[str]) -> None:
    """Raise ``UnknownWord`` for what is neither a word of ours nor a path inside a suite."""
    for word in what:
        if word not in WORDS and suite_of(word) is None:
            raise UnknownWord("suite or test path", word, WORDS)


def refuse_all_but_the_capstone(what: Sequence[str]) -> None:
    """Raise ``UnknownWord`` for what a student's parts play no role in."""
    for word in what:
        suite = suite_of(word)
        if word != "capstone" and (suite is None or suite.name != "capstone"):
            raise UnknownWord("suite for --mine", word, ["capstone", "a path in capstone/tests"])


def suite_of(path: str) -> Suite | None:
    """Return the suite that a path, or a pytest node id like `path::test_name`, lies in."""
    file = Path(path.partition("::")[0]).resolve()
    if not file.exists():
        return None
    return next((suite for suite in suites() if file.is_relative_to(CHECKOUT / suite.folder)), None)


def chosen(word: str, services: Session, site: str) -> Iterator[Check]:
    """Yield the checks behind one word."""
    for suite in suites():
        is_lab = suite.folder.startswith("labs/")
        if word == suite.name or (word == "labs" and is_lab):
            yield pytest_check(suite, [suite.folder], services, suite.mark)
            if is_lab:
                proof = [*PYTHON_MODULE, "nexus.labs.verify", suite.name]
                yield Check(suite.name, "lab verify", proof, os.environ, writes_junit=True)
    if word == "docs":
        yield Check("docs", "build, links", [*PYTHON_MODULE, "nexus.docs", site], os.environ)
        yield Check("docs", "recorded sessions", [*PYTHON_MODULE, "nexus.transcripts"], os.environ)
        client = [*PYTHON_MODULE, "nexus.graph_client", "--check"]
        yield Check("docs", "the graph's client is current", client, os.environ)
        environment = capstone_environment(services)
        yield Check("docs", "challenges", [*PYTHON_MODULE, "nexus.challenges"], environment)
    elif word == "lint":
        yield from lint.checks(services)


def chosen_paths(paths: Sequence[str], services: Session) -> Iterator[Check]:
    """Yield one check for each suite that paths lie in: two at once would share its database."""
    of_suite: dict[Suite, list[str]] = {}
    for path in paths:
        if suite := suite_of(path):
            file, separator, test_name = path.partition("::")
            of_suite.setdefault(suite, []).append(f"{Path(file).resolve()}{separator}{test_name}")
    for suite, its_paths in of_suite.items():
        yield pytest_check(suite, its_paths, services)


def pytest_check(suite: Suite, paths: Sequence[str], services: Session, mark: str = "") -> Check:
    """Return a run of pytest over paths of a suite, or over the tests of one mark there."""
    processors = (os.cpu_count() or 1) // 2  # suites run side by side already
    at_once = max(processors, suite.at_once)
    parallel = ["-n", str(at_once), "--dist", "loadfile"] if at_once > 1 else []
    settings = ["--ds", suite.settings] if suite.settings else ["-p", "no:django"]
    options = [*settings, *unused_plugins(paths), *parallel, *(["-m", mark] if mark else [])]
    command = [*PYTHON_MODULE, "pytest", *paths, "-q", *options]
    environment = suite_environment(suite, services)
    return Check(suite.name, " ".join(paths), command, environment, writes_junit=True, is_repeated=True)


def unused_plugins(paths: Sequence[str]) -> list[str]:
    """Return the options that leave out the heavy plugins whose library no test of these paths imports."""
    places = [CHECKOUT / path.partition("::")[0] for path in paths]
    files = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
    words = {word for file in files for word in IMPORTED.findall(file.read_text())}
    return [
        word for plugin, library in HEAVY.items() if library not in words for word in ("-p", f"no:{plugin}")
    ]


def suite_environment(suite: Suite, services: Session) -> dict[str, str]:
    """Return an environment in which a suite meets no other: Django puts test_ before the database's name."""
    environment = capstone_environment(services)
    environment.pop("DJANGO_SETTINGS_MODULE")  # --ds names it
    environment["GRAPHQL_SECONDS"] = "60"  # the suites share the processors
    server = urlsplit(environment["DATABASE_URL"])
    environment["DATABASE_URL"] = server._replace(path=f"{server.path}_{suite.name}").geturl()
    if not os.environ.get("REDIS_URL"):
        valkey, first = environment["REDIS_URL"].removesuffix("/0"), suite.number * DATABASES_PER_SUITE
        environment["REDIS_URL"] = f"{valkey}/{first}"
        environment["CELERY_BROKER_URL"] = os.environ.get("CELERY_BROKER_URL", f"{valkey}/{first + 1}")
    return environment
