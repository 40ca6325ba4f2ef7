"""
Write the hub's generated pages: `python -m nexus.pages`; `--check` writes nothing and names those that are stale.

Each is made from the one place where its facts live: the OpenAPI document, `.env.example`, the command line itself,
a lab's manifest and README. They are committed, so a reader of the repository sees them and a review shows what
changed; `tests/docs` runs the check.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import typer
import yaml

from nexus import (
    capstone_pages,
    cli,
    graph_pages,
    graph_types,
    hub_text,
    lab_pages,
    learning_map,
    notebook_page,
    plots,
    sources,
)
from nexus.evidence_page import evidence_page
from nexus.grade.evidence import KINDS
from nexus.grade.report import Report
from nexus.grade.rubric import read_rubric
from nexus.grade.rubric_page import rubric_page
from nexus.labs.manifest import labs
from nexus.markdown import DOCS, front_matter, page, table
from nexus.services import CHECKOUT


def pages() -> dict[Path, str]:
    """Return every generated file with the text it should have."""
    made = {
        DOCS / "reference/rest.md": rest_page(read_yaml("capstone/openapi.yaml")),
        DOCS / "reference/settings.md": settings_page((CHECKOUT / ".env.example").read_text()),
        DOCS / "reference/cli.md": cli_page(),
        DOCS / "capstone/grading.md": rubric_page(read_rubric(set(KINDS))),
        DOCS / "reference/grade-report.schema.json": f"{json.dumps(Report.model_json_schema(), indent=1)}\n",
    }
    graph = graph_pages.schema_of()
    made |= {
        DOCS / "reference/graphql.md": graph_pages.reference_page(graph),
        DOCS / "reference/schema.graphql": graph_pages.sdl_text(graph),
        CHECKOUT / "capstone/clients/typescript/graph.ts": graph_types.typescript_text(graph),
    }
    known = labs()
    made |= plots.files()
    made[DOCS / "evidence.md"] = evidence_page([lab.id for lab in known])
    made |= {DOCS / f"labs/{lab.id}.md": lab_pages.lab_page(lab) for lab in known}
    made |= learning_map.files(known) | capstone_pages.files()
    made[DOCS / "capstone/two-devices.md"] = notebook_page.notebook_page()
    made[sources.PAGE] = sources.sources_page(
        {**read_pages(), **{file: text for file, text in made.items() if file.suffix == ".md"}}
    )
    return made | {DOCS / "llms.txt": llms_text(read_yaml("mkdocs.yml"), made)}


def read_pages() -> dict[Path, str]:
    """Return the text of every page as it is now."""
    return {file: file.read_text() for file in hub_text.page_files()}


def read_yaml(name: str) -> dict[str, Any]:
    """Return a YAML file of the checkout."""
    content: dict[str, Any] = yaml.safe_load((CHECKOUT / name).read_text())
    return content


def stale() -> list[str]:
    """Return the generated files, from the checkout, that are not what they should be."""
    wanted = pages().items()
    different = (file for file, text in wanted if not file.exists() or file.read_text() != text)
    return [str(file.relative_to(CHECKOUT)) for file in different]


# --- the REST interface ---------------------------------------------------------------------------------------


def rest_page(openapi: dict[str, Any]) -> str:
    """Return one line for each operation and each of its parameters."""
    operations = [
        (method.upper(), path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    tags = sorted({operation["tags"][0] for _, _, operation in operations})
    sections = [
        f"## {tag.capitalize()}\n\n"
        + "\n\n".join(operation_text(*entry) for entry in operations if entry[2]["tags"] == [tag])
        for tag in tags
    ]
    return page(
        "REST interface",
        f"The {len(operations)} operations of the capstone's API, with their parameters and answers.",
        "capstone/openapi.yaml",
        "Lists answer `results`, `next` and `previous`, and take `cursor`, `limit`, `ordering` and `count`: see "
        "[Pagination and filtering](../concepts/pagination-and-filtering.md). Every error is a problem document: see "
        "[Errors](errors.md). With `./nexus up` running, `http://127.0.0.1:8000/api/docs/` lets you try each one, "
        "and `http://127.0.0.1:8000/api/schema/` is the OpenAPI 3.1 document.",
        *sections,
    )


def operation_text(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return an operation's heading, sentences, answers and parameters."""
    told = [operation.get("summary", ""), operation.get("description", "")]
    answers = ", ".join(f"{status}" for status in sorted(operation["responses"]))
    lines = [
        f"### `{method} {path}` {{ #{operation['operationId']} }}",
        " ".join(
            sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
            for sentence in told
            if sentence
        ),
        f"Answers {answers}."
        + (" Needs an access token." if {} not in operation.get("security", [{}]) else ""),
    ]
    query = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    if query:
        rows = ([f"`{given['name']}`", schema_text(given["schema"]), one_line(given)] for given in query)
        lines.append(
            f'??? note "{len(query)} query parameters"\n\n'
            + indent(table(["name", "kind", "meaning"], rows), "    ")
        )
    return "\n\n".join(line for line in lines if line)


def schema_text(schema: dict[str, Any]) -> str:
    """Return a parameter's type in words, with its bounds."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    bounds = [
        f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema
    ]
    return " ".join([schema.get("format", schema.get("type", "")), *bounds])


def one_line(parameter: dict[str, Any]) -> str:
    """Return a parameter's description without the list of values that drf-spectacular repeats in it."""
    text = parameter.get("description", "")
    return "" if text.startswith("* `") else " ".join(text.partition("\n\n*")[0].split())


# --- settings -------------------------------------------------------------------------------------------------


def settings_page(example: str) -> str:
    """Return a table per section of `.env.example`: a sentence, then `NAME=` (must be set) or `# NAME=default`."""
    sections: dict[str, list[list[str]]] = {}
    sentence = section = ""
    for line in example.splitlines():
        if heading := re.fullmatch(r"# --- (.+) ---", line):
            section = heading[1].capitalize()
        elif variable := re.fullmatch(r"(# )?([A-Z][A-Z0-9_]+)=(.*)", line):
            name, default = f"`{variable[2]}`", f"`{variable[3]}`" if variable[3] else "empty"
            sections.setdefault(section, []).append(
                [name, sentence, default if variable[1] else "**must be set**"]
            )
        elif line.startswith("# "):
            sentence = line.removeprefix("# ")
    heads = ["variable", "meaning", "default"]
    return page(
        "Settings",
        f"The {sum(map(len, sections.values()))} environment variables that the capstone reads.",
        ".env.example",
        "`./nexus up` and `docker compose up` set what must be set. Elsewhere you do: "
        "`capstone/config/settings.py` reads each variable once, and a wrong value stops the start with a sentence "
        "that names it.",
        *(f"## {name}\n\n{table(heads, iter(rows))}" for name, rows in sections.items()),
    )


# --- the command line -----------------------------------------------------------------------------------------


def cli_page() -> str:
    """Return every command with its arguments and options."""
    return page(
        "Command line",
        "Every word that ./nexus understands.",
        "tools/nexus/cli.py",
        "`./nexus <command> --help` says the same. Exit codes: 0 done, 1 failed, 2 a word it does not understand.",
        *command_texts("./nexus", typer.main.get_command(cli.app)),
    )


def command_texts(name: str, command: Any) -> Iterator[str]:
    """Yield a section per command (one of click's), those of a group after its own."""
    if name != "./nexus":
        anchor = name.removeprefix("./nexus ").replace(" ", "-")
        yield f"## `{name}` {{ #{anchor} }}\n\n{' '.join((command.help or '').split())}"
        rows = [[f"`{spelling(given)}`", " ".join((given.help or "").split())] for given in command.params]
        if rows:
            yield table(["argument or option", "meaning"], iter(rows))
    for word, subcommand in getattr(command, "commands", {}).items():
        yield from command_texts(f"{name} {word}", subcommand)


def spelling(parameter: Any) -> str:
    """Return how a parameter is written on the command line."""
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper() if parameter.required else f"[{parameter.name.upper()}]"
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


# --- llms.txt -------------------------------------------------------------------------------------------------


def llms_text(config: dict[str, Any], made: Mapping[Path, str]) -> str:
    """Return the hub's contents for language models (https://llmstxt.org): each page in one line."""
    lines = [f"# {config['site_name']}", "", f"> {config['site_description']}", ""]
    for section in config["nav"]:
        for name, entries in section.items():
            texts = ((file, made.get(DOCS / file) or (DOCS / file).read_text()) for file in files_in(entries))
            lines += [f"## {name}", "", *(llms_line(*entry) for entry in texts), ""]
    return "\n".join(lines)


def files_in(entries: list[Any]) -> Iterator[str]:
    """Yield the pages of a section of the navigation, those of its subsections too."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values():
                yield from files_in(inner)


def llms_line(file: str, text: str) -> str:
    """Return a page's link, title and summary."""
    front = front_matter(text)
    address = re.sub(r"(^|/)index\.md$", r"\1", file).replace(".md", "/") or "./"
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    title = front.get("title") or (heading[1] if heading else file)
    return f"- [{title}]({address})" + (f": {front['summary']}" if "summary" in front else "")


def main(arguments: Sequence[str]) -> int:
    """Write what is stale, or with ``--check`` only name it; returns the exit code."""
    if arguments == ["--check"]:
        found = stale()
        print("\n".join(f"{name} is stale: run python -m nexus.pages" for name in found))
        return 1 if found else 0
    texts = pages()
    for name in stale():
        (CHECKOUT / name).write_text(texts[CHECKOUT / name])
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
