"""The labs as a course: the curriculum, beginning one, hints, solutions, beginning anew."""

from collections.abc import Iterator, Sequence

from nexus.errors import NexusError
from nexus.labs import keeper, progress
from nexus.labs.manifest import Lab, Step, shown
from nexus.labs.workcopy import WorkCopy, solution

HEADS = ["lab", "state", "steps", "minutes", "after", "question"]


def passed_steps(lab: Lab) -> list[Step]:
    """Return the steps that passed when they were checked last."""
    known = progress.steps_of(lab)
    return [step for step in lab.steps if "passed" in known.get(step.id, {})]


def first_open(lab: Lab) -> Step | None:
    """Return the first step of the student's that has not passed; None where all have."""
    passed, until = passed_steps(lab), progress.solved_until_of(lab)
    steps = WorkCopy(lab).open_steps(lab.step(until) if until else None)
    return next((step for step in steps if step not in passed), None)


def rows(labs: Sequence[Lab]) -> Iterator[list[str]]:
    """Yield the curriculum's table, a row a lab."""
    for lab in labs:
        passed = len(passed_steps(lab))
        begun = "begun" if WorkCopy(lab).exists() else "not begun"
        state = "done" if passed == len(lab.steps) else begun
        minutes = f"{lab.minutes.value}{'' if lab.minutes.kind == 'measured' else ' (estimate)'}"
        yield [
            lab.id,
            state,
            f"{passed} of {len(lab.steps)}",
            minutes,
            ", ".join(lab.prerequisites) or "–",
            lab.question,
        ]


def what_next(labs: Sequence[Lab]) -> str:
    """Return what to do next: the lab that is begun, else the first whose prerequisites are done."""
    open_labs = {lab.id: lab for lab in labs if first_open(lab)}
    begun = [lab for lab in open_labs.values() if WorkCopy(lab).exists()]
    ready = [lab for lab in open_labs.values() if not open_labs.keys() & set(lab.prerequisites)]
    if begun:
        step = first_open(begun[0])
        return f"Next: {step.title if step else ''}. ./nexus lab check {begun[0].id}"
    if ready:
        return f"Next: ./nexus lab start {ready[0].id}"
    return "All done: ./nexus up --mine runs the capstone on your own parts."


def start(lab: Lab, port: int | None, solved_until: Step | None) -> None:
    """Make the student's copy where there is none, serve it, and say what to do first."""
    work = WorkCopy(lab)
    if work.exists():
        if solved_until:
            raise NexusError(
                f"{shown(work.part)} is there already: ./nexus lab reset {lab.id} --solved-until {solved_until.id} "
                "begins anew from there, and keeps a backup."
            )
        print(f"{shown(work.part)} is there already and stays as it is.")
    else:
        work.make(solved_until)
        progress.forget(lab, solved_until.id if solved_until else None)
        steps = work.open_steps(solved_until)
        regions = sum(len(step.regions) for step in steps)
        print(
            f"{shown(work.part)}: {len(work.files())} files; {regions} places in them are yours to write, in {len(steps)} steps."
        )
    status = keeper.ensure(lab, port)
    print(f"The playground serves it at {status.address} and follows each file you save.")
    print()
    print("\n".join(first_steps(lab, solved_until or first_open(lab))), flush=True)


def first_steps(lab: Lab, step: Step | None) -> Iterator[str]:
    """Yield the step whose turn it is, and the commands."""
    if step is not None:
        yield f"Your step: {step.title}."
        for name in step.regions:
            file = lab.regions[name].file.relative_to(lab.part)
            yield f"  {name} in {shown(WorkCopy(lab).part / file)}"
        yield ""
    yield f"./nexus lab check {lab.id}          what is still wrong, and why it matters"
    yield f"./nexus lab check {lab.id} --watch  the same after each file you save"
    yield f"./nexus lab hint {lab.id}           a nudge, then a pointer, then nearly the solution"
    yield f"./nexus lab stop {lab.id}           ends the playground; your files stay"


def hint(lab: Lab, step: Step | None) -> None:
    """Print the hints seen so far and one more."""
    step = step or first_open(lab)
    if step is None:
        print(
            f"All {len(lab.steps)} steps of {lab.id} have passed. ./nexus lab solution {lab.id} STEP shows ours."
        )
        return
    seen = progress.one_more_hint(lab, step.id, len(step.hints))
    print(f"{step.title} ({step.id})")
    for number, text in enumerate(step.hints[:seen], 1):
        print(f"  {number}. {text}")
    left = len(step.hints) - seen
    print(
        f"{left} more: the same command again."
        if left
        else f"That was the last one. ./nexus lab solution {lab.id} {step.id} --give-up shows ours."
    )


def show_solution(lab: Lab, step: Step | None, *, give_up: bool, apply: bool) -> None:
    """Print our solution of a step once the student's has passed, or has been given up; ``apply`` writes it into the copy."""
    step = step or first_open(lab) or lab.steps[-1]
    if step not in passed_steps(lab):
        if not give_up:
            raise NexusError(
                f"{step.id} has not passed yet. ./nexus lab hint {lab.id} {step.id} helps; "
                f"./nexus lab solution {lab.id} {step.id} --give-up shows it all the same."
            )
        progress.gave_up(lab, step.id)
    for name in step.regions:
        print(f"# {name}, in {lab.regions[name].file.relative_to(lab.part)}")
        print("\n".join(solution(lab, name)))
        print()
    if apply:
        work = WorkCopy(lab).existing()
        backup = work.back_up()
        work.take_solution(step)
        print(f"Written into {shown(work.part)}; what you had is in {shown(backup)}.")


def diff(lab: Lab) -> None:
    """Print the student's changes since the start."""
    work = WorkCopy(lab).existing()
    until = progress.solved_until_of(lab)
    lines = list(work.changes(lab.step(until) if until else None))
    print("\n".join(lines) or f"{shown(work.part)} is as it was at the start.")


def reset(lab: Lab, step: Step | None, solved_until: Step | None) -> None:
    """Begin a lab or one of its steps anew; what was there is kept as a backup."""
    work = WorkCopy(lab).existing()
    if step and solved_until:
        raise NexusError("give a step, or --solved-until, not both.")
    if step:
        backup = work.reset(step)
        progress.forget_step(lab, step.id)
        print(f"{step.id} is a task again; what you had is in {shown(backup)}.")
        return
    backup = work.begin_anew(solved_until)
    progress.forget(lab, solved_until.id if solved_until else None)
    whole = f"solved up to {solved_until.id}" if solved_until else "as at the start"
    print(f"{shown(work.part)} is {whole}; what you had is in {shown(backup)}.")


def stop(labs: Sequence[Lab]) -> None:
    """End the playgrounds of these labs."""
    stopped = [lab.id for lab in labs if keeper.stop(lab.id)]
    print(f"Stopped: {', '.join(stopped)}. Your files stay." if stopped else "No playground was running.")
