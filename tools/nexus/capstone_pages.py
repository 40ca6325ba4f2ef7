"""The capstone's Python interface and its events as pages, read from its source: nothing of it is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nexus.markdown import DOCS, page, table
from nexus.services import CHECKOUT

APPS = CHECKOUT / "capstone/audiobooks"
HIDDEN_HEADING = (
    "    options:\n      heading_level: 3\n      show_root_heading: false\n      show_root_toc_entry: false\n"
)


def files() -> dict[Path, str]:
    """Return the pages: one for each app that reads or changes something, and the events."""
    apps = sorted({file.parent.name for file in APPS.glob("*/selectors.py")})
    made = {DOCS / f"reference/audiobooks_{app}.md": app_page(app) for app in apps}
    return made | {DOCS / "reference/events.md": events_page()}


# --- services and selectors -----------------------------------------------------------------------------------


def app_page(app: str) -> str:
    """Return one app's selectors and services; mkdocstrings writes them from their docstrings."""
    reads = module_section("What it answers", APPS / app / "selectors.py")
    changes = [
        module_section(file.stem.capitalize() if len(modules(app)) > 1 else "What it changes", file)
        for file in modules(app)
    ]
    return page(
        f"audiobooks.{app}",
        f"The selectors and services of the capstone's app {app}: what it answers, and what it changes.",
        f"capstone/audiobooks/{app}",
        "A selector reads, and says how many queries it costs. A service is one verb in one transaction, and says what it "
        "raises. Views, resolvers, tasks and commands call these, and nothing below: see "
        "[the modules](../capstone/architecture.md#the-modules).",
        reads,
        *changes,
    )


def modules(app: str) -> list[Path]:
    """Return the files of an app's services that define a public function or class."""
    found = [APPS / app / "services.py", *sorted((APPS / app / "services").glob("*.py"))]
    return [file for file in found if file.exists() and defined_in(file)]


def defined_in(file: Path) -> list[str]:
    """Return the public functions and classes that a module defines, and not those that it imports."""
    members = ast.parse(file.read_text()).body
    return [
        one.name
        for one in members
        if isinstance(one, ast.FunctionDef | ast.ClassDef) and not one.name.startswith("_")
    ]


def module_section(title: str, file: Path) -> str:
    """Return a module's heading and what mkdocstrings puts below it."""
    name = ".".join(file.relative_to(APPS.parent).with_suffix("").parts)
    return f"## {title}\n\n::: {name}\n{HIDDEN_HEADING}      members: [{', '.join(defined_in(file))}]"


# --- events ---------------------------------------------------------------------------------------------------


@dataclass
class Event:
    """A topic: the ids that its payload has, who publishes it, and who is told."""

    ids: set[str] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    tasks: dict[str, str] = field(default_factory=dict)  # name -> queue


def events_page() -> str:
    """Return a table of all topics."""
    found = events()
    heads = ["event", "ids", "published by", "tells", "queue"]
    ticks = {topic: event for topic, event in found.items() if topic.endswith("_due")}
    told = {topic: event for topic, event in found.items() if topic not in ticks}
    return page(
        "Events",
        f"The {len(told)} events that the capstone publishes, the {len(ticks)} that its clock does, and who is told.",
        "capstone/audiobooks",
        "A service [publishes](lab_celery.md) an event into the outbox, in the transaction of what happened. It carries ids "
        "and no data: a task reads what is true when it runs. A task is told at least once, and its receipt makes that once: "
        "see [Background jobs](../concepts/background-jobs.md).",
        "## What happened",
        table(heads, (event_row(*entry) for entry in sorted(told.items()))),
        "## What is due",
        "The [scheduler](../concepts/periodic-work.md) publishes these, each time once.",
        table(
            ["event", "every", "tells", "queue"],
            (event_row(*entry, has_ids=False) for entry in sorted(ticks.items())),
        ),
    )


def event_row(topic: str, event: Event, *, has_ids: bool = True) -> list[str]:
    """Return one topic's row."""
    ids = [", ".join(f"`{name}`" for name in sorted(event.ids)) or "none"] if has_ids else []
    publishers = "<br>".join(f"`{name}`" if has_ids else name for name in sorted(event.publishers))
    tasks = "<br>".join(f"`{name}`" for name in event.tasks) or "nobody yet"
    queues = "<br>".join(f"`{queue}`" for queue in event.tasks.values())
    return [f"`{topic}`", *ids, publishers, tasks, queues]


def events() -> dict[str, Event]:
    """Return every topic of ``outbox.publish``, ``@on_event`` and ``every`` in the capstone."""
    found: dict[str, Event] = {}
    for file in sorted(APPS.rglob("*.py")):
        app = file.relative_to(APPS).parts[0]
        for owner, call in calls_in(ast.parse(file.read_text())):
            note(found, f"{app}.{owner}", call)
    return found


def calls_in(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call with the function or class it stands in, "" where that is none."""
    for member in tree.body:
        owner = getattr(member, "name", "")
        yield from ((owner, node) for node in ast.walk(member) if isinstance(node, ast.Call))


def note(found: dict[str, Event], owner: str, call: ast.Call) -> None:
    """Note what a call says of a topic, if it is one that does."""
    given = {word.arg: word.value for word in call.keywords if word.arg}
    match ast.unparse(call.func), call.args:
        case "outbox.publish", [ast.Constant(value=str(topic))]:
            event = found.setdefault(topic, Event())
            event.ids |= given.keys()
            event.publishers.add(owner)
        case "on_event", [ast.Constant(value=str(topic))]:
            queue = ast.literal_eval(given["queue"]) if "queue" in given else "default"
            found.setdefault(topic, Event()).tasks[owner] = queue
        case "every", [
            ast.Call(keywords=[ast.keyword(arg=unit, value=count)]),
            ast.Constant(value=str(topic)),
        ]:
            number = ast.literal_eval(count)
            found.setdefault(topic, Event()).publishers.add(
                f"{number} {unit}" if number != 1 else str(unit).removesuffix("s")
            )
