"""A lab's page in the hub: the card, made from its manifest, and around it the lab's own README."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

from nexus.labs.manifest import Lab, Step
from nexus.markdown import DOCS, concept_facts, page, table
from nexus.services import CHECKOUT

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
STEPS_TABLE = re.compile(r"(?<=\n)\| step \|.*\n(?:\|.*\n)+\n?")
SERVICES = {"postgres": "PostgreSQL", "valkey": "Valkey", "rabbitmq": "RabbitMQ"}


def lab_page(lab: Lab) -> str:
    """Return the page of one lab. What the card says is left out of the README: title, question, table of steps."""
    readme = re.sub(r"\A# .*\n+", "", (lab.folder / "README.md").read_text())
    readme = STEPS_TABLE.sub("", readme.replace(f"**{lab.question}** ", "", 1))
    opening, heading, rest = readme.partition("\n## ")
    return page(
        f"{lab.title} lab",
        lab.question,
        f"labs/{lab.id}/README.md and lab.toml",
        linked(opening, lab.folder).strip(),
        steps_fold(lab),
        concept_cards(lab),
        linked(f"{heading}{rest}", lab.folder).strip(),
        "## What you can promise afterwards",
        "\n".join(f"- {outcome}" for outcome in lab.outcomes),
        f"Not in this lab: {', '.join(lab.out_of_scope)}.",
        facts="".join(f"{line}\n" for line in card_facts(lab)),
    )


def card_facts(lab: Lab) -> Iterator[str]:
    """Yield the lines of the front matter that `docs/overrides` shows as the card's first row."""
    yield f"minutes: {{value: {lab.minutes.value}, kind: {lab.minutes.kind}}}"
    yield f"after: [{', '.join(lab.prerequisites)}]"
    yield f"services: [{', '.join(SERVICES[name] for name in lab.services)}]"
    yield f"checks: {len(checks_of(lab))}"
    yield f"promises: {len(lab.promises)}"
    yield "capstone:"
    yield from (f"  - {place}" for place in lab.capstone)


def checks_of(lab: Lab) -> list[str]:
    """Return the names of all checks."""
    return [name for step in lab.steps for name in step.checks]


def steps_fold(lab: Lab) -> str:
    """Return the steps, folded: what you write, how many checks ask for it, where the idea is explained."""
    places = sum(len(step.regions) for step in lab.steps)
    heads = ["step", "you write", "checks", "the idea"]
    rows = (step_row(lab, number, step) for number, step in enumerate(lab.steps, 1))
    title = f"{counted(len(lab.steps), 'step')}, {counted(places, 'place')} to write, {counted(len(checks_of(lab)), 'check')}"
    return f'??? abstract "{title}"\n\n{indent(table(heads, rows), "    ")}'


def step_row(lab: Lab, number: int, step: Step) -> list[str]:
    """Return one step's row."""
    files: dict[Path, list[str]] = {}
    for name in step.regions:
        files.setdefault(lab.regions[name].file.relative_to(lab.part), []).append(name)
    places = (f"`{file}`: {', '.join(names)}" for file, names in files.items())
    concept, separator, anchor = step.concept.partition("#")
    title = concept_facts(concept.removesuffix(".md"))["title"]
    link = f"[{title}](../concepts/{concept}{separator}{anchor})"
    return [f"{number}. {step.title}", "<br>".join(places), f"{len(step.checks)}", link]


def concept_cards(lab: Lab) -> str:
    """Return the concepts that the lab teaches, each with its summary."""
    cards = [(name, concept_facts(name)) for name in lab.concepts]
    items = (
        f'<li markdown="span">**[{facts["title"]}](../concepts/{name}.md)**<br>{facts["summary"]}</li>'
        for name, facts in cards
    )
    return "\n".join(['<ul class="nx-cards" markdown="1">', *items, "</ul>"])


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'s' * (number != 1)}"


def linked(text: str, folder: Path) -> str:
    """Return a README's text with its links made to lead where they do in the hub."""
    return LINK.sub(lambda found: hub_link(found[1], found[2], folder), text)


def hub_link(text: str, target: str, folder: Path) -> str:
    """Return a README's link as the hub has it: to the page, or, for a file the hub lacks, its name."""
    if "://" in target or target.startswith("#"):
        return f"[{text}]({target})"
    path, _, fragment = target.partition("#")
    file = (folder / path).resolve()
    if file.is_relative_to(DOCS) and file.suffix == ".md":
        to = os.path.relpath(file, DOCS / "labs")
        return f"[{text}]({to}{'#' if fragment else ''}{fragment})"
    return text if "`" in text else f"{text} (`{file.relative_to(CHECKOUT)}`)"
