"""The words ./nexus understands. Each command is a few lines that call the module doing the work."""

from typing import Annotated

import typer
from typer import Argument, Context, Exit, Option

from nexus import (
    challenges,
    checks,
    docs_cli,
    doctor,
    drill,
    grade,
    lint,
    lock,
    run,
    test,
    up,
)
from nexus import load as loads
from nexus.bench import benches
from nexus.labs import cli as lab_cli
from nexus.labs.checker import steps_passed
from nexus.labs.manifest import labs
from nexus.labs.mine import Parts, students_parts
from nexus.terminal import MARKUP, PORT

PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    name="nexus",
    help="Project Nexus: the audiobook platform, its labs and its hub. Start with `./nexus up`.",
    epilog=(
        "DATABASE_URL, REDIS_URL, CELERY_BROKER_URL and RABBITMQ_URL in the environment name services to use instead "
        "of our own; NEXUS_STATE_DIR says where our own keep their files."
    ),
    no_args_is_help=True,
    context_settings={"max_content_width": 110},
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
)
app.add_typer(docs_cli.app, name="docs")
app.add_typer(lab_cli.app, name="lab")


def my_parts() -> Parts:
    """Return which labs' parts are the student's."""
    return students_parts(labs(), steps_passed)


@app.command("up")
def on_up(
    port: Annotated[
        int | None, Option(help="The API's port [usually 8000, else the next free one].", **PORT)
    ] = None,
    hub_port: Annotated[int | None, Option(help="The hub's port [usually 8001].", **PORT)] = None,
    media_port: Annotated[int | None, Option(help="The media process's port [usually 8002].", **PORT)] = None,
    hub: Annotated[bool, Option("--hub/--no-hub", help="Serve the hub too.")] = True,
    rabbitmq: Annotated[
        bool, Option("--rabbitmq", help="Queues on RabbitMQ, from the system's package.")
    ] = False,
    mine: Annotated[
        bool, Option("--mine", help="Run on your own parts: those in work/ that pass all their lab's checks.")
    ] = False,
) -> None:
    """Run the platform with its demo catalogue; Ctrl-C ends it."""
    find_parts = my_parts if mine else None
    up.up(up.Wanted(port, hub_port, media_port, hub=hub, rabbitmq=rabbitmq, mine=find_parts))


@app.command("test")
def on_test(
    what: Annotated[
        list[str] | None, Argument(help=f"{', '.join(test.WORDS)}, or a path; nothing means everything.")
    ] = None,
    all_: Annotated[
        bool, Option("--all", help="As at night: every suite three times, each in another order.")
    ] = False,
    rabbitmq: Annotated[
        bool, Option("--rabbitmq", help="Start RabbitMQ from the system's package for its tests.")
    ] = False,
    mine: Annotated[
        bool, Option("--mine", help="The capstone's tests, on your own parts that pass their lab's checks.")
    ] = False,
    coverage: Annotated[
        bool, Option("--coverage", help="Measure which lines ran; half as long again.")
    ] = False,
) -> None:
    """Run every check, or those named; the last line counts them."""
    find_parts, rounds = my_parts if mine else None, 3 if all_ else 1
    wanted = test.Wanted(rounds, rabbitmq=rabbitmq, mine=find_parts, coverage=coverage)
    raise Exit(test.test(what or [], wanted))


@app.command("challenge")
def on_challenge(name: Annotated[str, Argument(help=f"{', '.join(challenges.names())}.")]) -> None:
    """Show a problem, its fix, and both counted, on services of its own."""
    raise Exit(challenges.show(name))


@app.command("bench")
def on_bench(
    name: Annotated[str, Argument(metavar="BENCH", help=f"One of: {', '.join(benches.BENCHES)}.")],
    rounds: Annotated[int, Option(min=1, max=99, help="How often each way is measured, in turn.")] = 5,
    size: Annotated[
        int | None, Option(min=1, help="Rows, or events, of a round; each bench has its own.")
    ] = None,
    peers: Annotated[
        bool, Option("--peers", help="FastAPI, or strawberry-django, too; installs it the first time.")
    ] = False,
    record: Annotated[bool, Option("--record", help="Write the table into the hub.")] = False,
) -> None:
    """
    Measure what we serve, or one of our parts, against a yardstick, as a ratio.

    The ways of doing it take turns in one run; exit code 1 where a bar is missed.
    """
    raise Exit(benches.bench(name, rounds=rounds, record=record, size=size, peers=peers))


@app.command("load")
def on_load(
    profile: Annotated[
        str, Argument(metavar="PROFILE", help=f"One of: {', '.join(loads.PROFILES)}.")
    ] = "smoke",
    host: Annotated[
        str | None, Option(help="An installation that runs; default: one made for this run.")
    ] = None,
    users: Annotated[int | None, Option(min=1, help="Listeners at once.")] = None,
    seconds: Annotated[int | None, Option(min=10, help="How long.")] = None,
    processes: Annotated[int, Option(min=1, help="Locust workers: one fills a processor.")] = 1,
    web: Annotated[
        bool, Option("--web", help="Locust's own page at http://127.0.0.1:8089/ instead.")
    ] = False,
) -> None:
    """
    Let many listeners use the platform at once, by Locust.

    Writes an HTML report; exit code 1 for any error, or where p95 is above its bound.
    """
    raise Exit(loads.load(profile, host=host, users=users, seconds=seconds, processes=processes, web=web))


@app.command("lint")
def on_lint(
    fix: Annotated[
        bool,
        Option(
            "--fix",
            help="Format, fix what ruff can fix, rewrite the OpenAPI document and the Postman collection.",
        ),
    ] = False,
) -> None:
    """
    Check the code without running its tests.

    Format, style, types, architecture, spelling, migrations, production settings, the OpenAPI document and the Postman collection.
    """
    raise Exit(lint.lint(fix=fix))


@app.command("lock")
def on_lock(
    upgrade: Annotated[
        bool, Option("--upgrade", help="Take the newest versions that the *.in files allow.")
    ] = False,
) -> None:
    """Lock requirements/*.in into requirements/*.txt, with hashes."""
    lock.lock(upgrade=upgrade)


@app.command("manage", context_settings=PASS_THROUGH, add_help_option=False)
def on_manage(context: Context) -> None:
    """Run a Django command with the services up."""
    raise Exit(run.manage(context.args))


@app.command("shell", context_settings=PASS_THROUGH, add_help_option=False)
def on_shell(context: Context) -> None:
    """Open a Python shell on the capstone's models."""
    raise Exit(run.manage(["shell", *context.args]))


@app.command("drill")
def on_drill(
    acts: Annotated[list[str] | None, Argument(metavar="[transcode|mail|relay|broker]...")] = None,
    broker: Annotated[list[str] | None, Option(help="rabbitmq or valkey; both, unless one is named.")] = None,
    short: Annotated[
        bool, Option("--short", help="A little of each, in seconds: what the tests do.")
    ] = False,
) -> None:
    """Kill workers and relays, stop the broker under load, and count what was lost or doubled."""
    raise Exit(drill.drill(acts or [], broker or [], short=short))


@app.command("grade")
def on_grade(
    mine: Annotated[
        bool, Option("--mine", help="The capstone on your own parts, and how far your labs are.")
    ] = False,
    quick: Annotated[bool, Option("--quick", help="What needs a few minutes alone.")] = False,
    base_url: Annotated[
        str, Option(metavar="URL", help="Only look from outside, at a deployment that speaks the contract.")
    ] = "",
    original: Annotated[
        str,
        Option(metavar="COMMIT", help="Flag the checks that differ from this commit's, branch's or tag's."),
    ] = "",
    fresh: Annotated[
        bool, Option("--fresh", help="Do not go on from an interrupted run; gather everything anew.")
    ] = False,
    only: Annotated[
        list[str] | None,
        Option(metavar="ROW", help="This row of the rubric, by its id; as often as you like."),
    ] = None,
) -> None:
    """
    Gather the facts that a reviewer grades a capstone by, and write them as a report.

    report/index.html for a person, report.json for a program, summary.md for a pull request. A low grade is no failure:
    exit code 1 means that the run broke off.
    """
    wanted = grade.Wanted(
        quick, base_url, original, fresh, mine=my_parts if mine else None, only=tuple(only or ())
    )
    raise Exit(grade.grade(wanted))


@app.command("doctor")
def on_doctor() -> None:
    """
    See what this machine has, and what is missing.

    Python, disk, ports, Docker and what each service would use; exit code 1 where ./nexus cannot work so.
    """
    found = doctor.findings()
    checks.print_table(["", "", ""], [["ok" if line.ok else "NO", line.what, line.found] for line in found])
    raise Exit(0 if all(line.ok for line in found) else 1)


@app.command("reset")
def on_reset(yes: Annotated[bool, Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """
    Delete the services' data, after asking.

    Database, queues, stored audio and passwords; refused while something of this checkout runs.
    """
    run.reset(confirmed=yes)
