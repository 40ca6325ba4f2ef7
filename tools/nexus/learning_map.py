"""The learning map: which lab teaches which ideas, and where the capstone uses them. Drawn and told from the manifests."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from nexus.errors import NexusError
from nexus.lab_pages import checks_of, counted
from nexus.labs.manifest import Lab, shown
from nexus.markdown import DOCS, concept_facts
from nexus.services import CHECKOUT

DRAWING = CHECKOUT / "diagrams/learning-map.dot"
PLANNED = CHECKOUT / "diagrams/learning-map-planned.dot"
MAP = DOCS / "start/map.md"
BEGIN = "<!-- Written by tools/nexus/learning_map.py from labs/*/lab.toml: change those, then run .venv/bin/python -m nexus.pages -->"
END = "<!-- End of what is written from the manifests. -->"


def files(labs: Sequence[Lab]) -> dict[Path, str]:
    """Return the drawing's source, and the map with its generated section."""
    before, begin, rest = MAP.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise NexusError(f"{shown(MAP)}: the lines «{BEGIN}» and «{END}» must stand around the section.")
    section = "\n".join([BEGIN, "", *told(labs), "", *told_planned(labs), "", END])
    drawings = {DRAWING: drawn(labs), PLANNED: drawn_planned(labs)}
    return {file: "\n".join([*lines, ""]) for file, lines in drawings.items()} | {
        MAP: before + section + after
    }


def planned(labs: Sequence[Lab]) -> dict[str, dict[str, str]]:
    """Return the labs that are to come, in order: title and question of each."""
    listed = tomllib.loads((CHECKOUT / "labs/planned.toml").read_text())
    return {name: facts for name, facts in listed.items() if name not in {lab.id for lab in labs}}


def concepts_of(lab: str) -> list[str]:
    """Return the concept pages that name a lab, those that build on another page after it."""
    names = sorted(file.stem for file in DOCS.glob("concepts/*.md") if concept_facts(file.stem)["lab"] == lab)
    return sorted(names, key=lambda name: sum(other in names for other in concept_facts(name)["concepts"]))


def places_of(concept: str) -> list[str]:
    """Return where the capstone uses an idea: ``file::symbol``."""
    places: list[str] = concept_facts(concept)["capstone"]
    return places


def steps_on(lab: Lab, concept: str) -> str:
    """Return how many of a lab's steps are about an idea."""
    number = sum(step.concept.partition(".md")[0] == concept for step in lab.steps)
    return counted(number, "step") if number else "shown, no step"


def minutes(lab: Lab) -> str:
    """Return how long a lab takes, and how we know."""
    return f"{lab.minutes.value} minutes ({lab.minutes.kind})"


# --- as text --------------------------------------------------------------------------------------------------


def told(labs: Sequence[Lab]) -> Iterator[str]:
    """Yield the map as a list: lab, its ideas, the places in the capstone."""
    yield '<figure class="nx" markdown="0"><div tabindex="0">'
    yield '--8<-- "diagrams/learning-map.svg"'
    yield "</div><figcaption>What to do in which order, and where it leads. The list below says the same.</figcaption></figure>"
    yield ""
    for number, lab in enumerate(labs, 1):
        first = ", ".join(f"[{name}](../labs/{name}.md)" for name in lab.prerequisites)
        size = f"{counted(len(lab.steps), 'step')}, {counted(len(checks_of(lab)), 'check')}, {minutes(lab)}"
        yield f"{number}. **[{lab.title} lab](../labs/{lab.id}.md)**: {lab.question} {size}{f'; after {first}' if first else ''}."
        for concept in lab.concepts:
            title, symbols = concept_facts(concept)["title"], ", ".join(map(symbol, places_of(concept)))
            yield f"    - [{title}](../concepts/{concept}.md), {steps_on(lab, concept)}; in the capstone {symbols}"


def told_planned(labs: Sequence[Lab]) -> Iterator[str]:
    """Yield the labs to come, and what can be read of them today."""
    yield "Planned, in this order. What a linked page says is proved in the capstone already:"
    yield ""
    yield '<figure class="nx" markdown="0"><div tabindex="0">'
    yield '--8<-- "diagrams/learning-map-planned.svg"'
    yield "</div><figcaption>Dashed: a lab that is still to come. The list below says the same.</figcaption></figure>"
    yield ""
    for name, facts in planned(labs).items():
        yield f"- **{facts['title']} lab**, planned: {facts['question']}"
        for concept in concepts_of(name):
            title, symbols = concept_facts(concept)["title"], ", ".join(map(symbol, places_of(concept)))
            yield f"    - [{title}](../concepts/{concept}.md); in the capstone {symbols}"


def symbol(place: str) -> str:
    """Return a place's name and file for the list."""
    file, _, name = place.partition("::")
    return f"`{name}` (`{file.removeprefix('capstone/')}`)"


# --- as a drawing ---------------------------------------------------------------------------------------------


def drawn(labs: Sequence[Lab]) -> Iterator[str]:
    """Yield the lines of the DOT file."""
    concepts = {name: lab for lab in labs for name in lab.concepts}
    places = dict.fromkeys(place for name in concepts for place in places_of(name))
    yield "// Written by tools/nexus/learning_map.py from labs/*/lab.toml. Then: diagrams/render.py"
    yield "// title: The learning map"
    yield f"// desc: {' '.join(sentences(labs))}"
    yield "digraph learning_map {"
    yield "  rankdir=LR; nodesep=0.16; ranksep=0.6;"
    for lab in labs:
        size = f"{counted(len(lab.steps), 'step')}, {counted(len(checks_of(lab)), 'check')}"
        yield node(f"lab-{lab.id}", "blue", f"{lab.title} lab", size, minutes(lab))
        yield from (edge(f"lab-{name}", f"lab-{lab.id}", "class=thin") for name in lab.prerequisites)
    for name, lab in concepts.items():
        yield node(name, "gold", concept_facts(name)["title"], steps_on(lab, name))
        yield edge(f"lab-{lab.id}", name)
        yield from (edge(name, place) for place in places_of(name))
    yield '  subgraph cluster_capstone { label="in the capstone";'
    for place in places:
        file, _, name = place.partition("::")
        yield f"  {node(place, 'green', name, file.removeprefix('capstone/').removeprefix('audiobooks/'))}"
    yield "  }"
    yield "}"


def drawn_planned(labs: Sequence[Lab]) -> Iterator[str]:
    """Yield the lines of the DOT file of the labs to come that have a concept page."""
    shown_labs = {name: facts for name, facts in planned(labs).items() if concepts_of(name)}
    told = [
        f"{facts['title']} lab, planned: {', '.join(concept_facts(name)['title'] for name in concepts_of(lab))}."
        for lab, facts in shown_labs.items()
    ]
    yield "// Written by tools/nexus/learning_map.py from labs/planned.toml. Then: diagrams/render.py"
    yield "// title: The labs to come"
    yield f"// desc: {' '.join(told)}"
    yield "digraph learning_map_planned {"
    yield "  rankdir=LR; nodesep=0.16; ranksep=0.6;"
    for lab, facts in shown_labs.items():
        yield f'  "lab-{lab}" [class=plain style="rounded,dashed" label={quoted(facts["title"] + " lab", "planned")}];'
        for name in concepts_of(lab):
            file, _, used = places_of(name)[0].partition("::")
            place = file.removeprefix("capstone/").removeprefix("audiobooks/")
            yield node(name, "gold", concept_facts(name)["title"])
            yield edge(f"lab-{lab}", name, "class=thin")
            yield node(f"{name}-place", "green", used, place)
            yield edge(name, f"{name}-place")
    yield "}"


def sentences(labs: Sequence[Lab]) -> Iterator[str]:
    """Yield the drawing in words, a sentence a lab and one for each of its ideas."""
    for number, lab in enumerate(labs, 1):
        titles = ", ".join(concept_facts(name)["title"] for name in lab.concepts)
        yield f"{number}. The {lab.title} lab, {counted(len(lab.steps), 'step')} of together {minutes(lab)}, teaches: {titles}."
        for name in lab.concepts:
            symbols = " and ".join(place.partition("::")[2] for place in places_of(name))
            yield f"{concept_facts(name)['title']} is used in the capstone by {symbols}."


def node(name: str, colour: str, *lines: str) -> str:
    """Return a box."""
    return f"  {json.dumps(name)} [class={colour} label={quoted(*lines)}];"


def edge(start: str, end: str, style: str = "") -> str:
    """Return an arrow."""
    return f"  {json.dumps(start)} -> {json.dumps(end)}{f' [{style}]' if style else ''};"


def quoted(*lines: str) -> str:
    """Return lines as a label of DOT."""
    return json.dumps("\n".join(lines), ensure_ascii=False)
