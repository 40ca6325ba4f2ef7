"""The words of `./nexus lab`."""

from typing import Annotated

from typer import Argument, Context, Exit, Option, Typer

from nexus import checks
from nexus.labs import check, course, stage, verify
from nexus.labs.manifest import lab_named, labs
from nexus.terminal import MARKUP, PORT

Name = Annotated[str, Argument(metavar="LAB", help="The lab, as `./nexus lab` lists it.")]
StepName = Annotated[str | None, Argument(metavar="STEP", help="The step [the first that has not passed].")]
Mine = Annotated[bool, Option("--mine", help="On your part instead of ours.")]
SolvedUntil = Annotated[
    str | None,
    Option(
        "--solved-until", metavar="STEP", help="Leave this step and those after it to you, the others solved."
    ),
]

app = Typer(help="The labs: begin one, check it, get a hint, begin anew.", rich_markup_mode=MARKUP)


@app.callback(invoke_without_command=True)
def on_lab(context: Context) -> None:
    """List the labs: how far you are, what comes next."""
    if context.invoked_subcommand is None:
        known = labs()
        checks.print_table(course.HEADS, list(course.rows(known)))
        print(f"\n{course.what_next(known)}")


@app.command("start")
def on_start(
    name: Name,
    port: Annotated[
        int | None, Option(help="The playground's port [8010, or the next free one].", **PORT)
    ] = None,
    solved_until: SolvedUntil = None,
) -> None:
    """Make your copy of a lab's part in work/, with its tasks open, and serve it."""
    lab = lab_named(name)
    course.start(lab, port, lab.step(solved_until) if solved_until else None)


@app.command("check")
def on_check(
    name: Name,
    step: Annotated[str | None, Argument(metavar="STEP", help="Check up to this step [all].")] = None,
    watch: Annotated[
        bool, Option("--watch", help="Check again after each file you save, until Ctrl-C.")
    ] = False,
    json: Annotated[bool, Option("--json", help="Print everything that was found as JSON.")] = False,
    all_: Annotated[bool, Option("--all", help="Go on after a step that fails.")] = False,
    base_url: Annotated[
        str | None,
        Option("--base-url", metavar="URL", help="Check a playground that runs there, in a container say."),
    ] = None,
) -> None:
    """
    Check your part, up to the first step that fails.

    Exit code 0: all passed; 1: something failed; 3: a check itself is broken, which is never your fault.
    """
    lab = lab_named(name)
    wanted = check.Wanted(lab.step(step) if step else None, base_url, all_=all_, as_json=json)
    if watch:
        check.watch(lab, wanted)
    raise Exit(check.check(lab, wanted))


@app.command("hint")
def on_hint(name: Name, step: StepName = None) -> None:
    """Give a hint; each time one that says more, three in all."""
    lab = lab_named(name)
    course.hint(lab, lab.step(step) if step else None)


@app.command("diff")
def on_diff(name: Name) -> None:
    """Show what you have changed since the start."""
    course.diff(lab_named(name))


@app.command("solution")
def on_solution(
    name: Name,
    step: StepName = None,
    give_up: Annotated[bool, Option("--give-up", help="Show it though the step has not passed.")] = False,
    apply: Annotated[
        bool, Option("--apply", help="Write it into your copy; yours is kept as a backup.")
    ] = False,
) -> None:
    """Show our solution of a step, once yours has passed."""
    lab = lab_named(name)
    course.show_solution(lab, lab.step(step) if step else None, give_up=give_up, apply=apply)


@app.command("reset")
def on_reset(
    name: Name,
    step: Annotated[
        str | None, Argument(metavar="STEP", help="Only this step's task [the whole lab].")
    ] = None,
    solved_until: SolvedUntil = None,
) -> None:
    """Begin a lab or a step anew; what you had is kept in work/backups/."""
    lab = lab_named(name)
    course.reset(lab, lab.step(step) if step else None, lab.step(solved_until) if solved_until else None)


@app.command("show")
def on_show(name: Name, mine: Mine = False) -> None:
    """Run a lab's steps and print what each one costs."""
    raise Exit(stage.show(lab_named(name), mine=mine))


@app.command("serve")
def on_serve(
    name: Name, port: Annotated[int, Option(help="The port.", **PORT)] = 8010, mine: Mine = False
) -> None:
    """Serve a lab's playground, to poke at with curl, until Ctrl-C."""
    raise Exit(stage.serve(lab_named(name), port, mine=mine))


@app.command("notebook")
def on_notebook(
    name: Name,
    port: Annotated[int | None, Option(help="The port [8888, or the next free one].", **PORT)] = None,
) -> None:
    """Open your copy of a lab's notebook in JupyterLab, until Ctrl-C."""
    raise Exit(stage.notebook(lab_named(name), port))


@app.command("stop")
def on_stop(
    name: Annotated[str | None, Argument(metavar="LAB", help="The lab [all of them].")] = None,
) -> None:
    """End the playgrounds that `start` and `check` left running; your files stay."""
    course.stop([lab_named(name)] if name else labs())


@app.command("verify")
def on_verify(
    name: Annotated[str | None, Argument(metavar="LAB", help="The lab [all of them].")] = None,
    all_: Annotated[bool, Option("--all", help="The solution three times in a row.")] = False,
    record: Annotated[bool, Option("--record", help="Write the failure texts of wrong/ anew.")] = False,
) -> None:
    """Prove that a lab is honest: solved it passes, each step undone fails, each wrong solution is caught."""
    raise Exit(verify.verify([lab_named(name)] if name else labs(), rounds=3 if all_ else 1, record=record))
