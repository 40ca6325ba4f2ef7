"""A problem's `type` is an address on the hub: the page must have exactly the types that the code can answer."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from nexus.pages import CHECKOUT, DOCS

DOMAIN_ERRORS = {"NotFound", "NotAllowed", "Conflict", "Invalid"}
NEVER_ANSWERED = {
    "error",  # APIException itself, which nobody raises
    "invalid",  # ValidationError: lab_rest tells it as invalid-input or invalid-query
}


def trees(*folders: str) -> Iterator[ast.AST]:
    for folder in folders:
        for file in sorted((CHECKOUT / folder).rglob("*.py")):
            if "demo" not in file.parts:  # its errors are said by commands, never answered
                yield ast.parse(file.read_text())


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def slugs_of_problems() -> set[str]:
    """`Problem(type="…")`, and the second member of each entry of REFUSALS."""
    found = set()
    for tree in trees("labs/rest/src", "capstone/audiobooks", "capstone/config"):
        for name, call in calls(tree):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if name == "Problem" and isinstance(given.get("type"), ast.Constant):
                found.add(given["type"].value)
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "REFUSALS":
                found |= {entry.elts[1].value for entry in node.value.values}
    return found


def slugs_of_domain_errors() -> set[str]:
    """The codes that domain errors are raised with; a code made from a model's name stands for each such model."""
    found = set()
    for tree in trees("capstone/audiobooks"):
        for name, call in calls(tree):
            is_subclass = name == "__init__" and len(call.args) == 2
            if (name in DOMAIN_ERRORS or is_subclass) and isinstance(call.args[0], ast.Constant):
                found.add(call.args[0].value)
            elif name in DOMAIN_ERRORS and isinstance(call.args[0], ast.JoinedStr):
                ending = call.args[0].values[-1].value
                found |= {f"{model.lower()}{ending}" for model in models_with_a_detail_view()}
    return {code.replace("_", "-") for code in found}


def models_with_a_detail_view() -> set[str]:
    """`model, read = Book, …` in the subclasses of CatalogDetail."""
    tree = ast.parse((CHECKOUT / "capstone/audiobooks/catalog/rest/views.py").read_text())
    return {
        statement.value.elts[0].id
        for view in ast.walk(tree)
        if isinstance(view, ast.ClassDef)
        and [getattr(base, "id", "") for base in view.bases] == ["CatalogDetail"]
        for statement in view.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Tuple)
    }


def slugs_of_the_graph() -> set[str]:
    """`Refused("…")`, what `entries("…")` tells of a text, and the values of PARSER_LIMITS."""
    found = set()
    for tree in trees("labs/graphql/src", "capstone/audiobooks"):
        for name, call in calls(tree):
            if name in {"Refused", "entries"}:
                texts = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
                found |= set(texts)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PARSER_LIMITS":
                found |= {value.value for value in node.value.values}
    return found


def slugs_of_the_framework() -> set[str]:
    """`default_code` of every exception of Django REST framework."""
    source = Path(find_spec("rest_framework").origin).with_name("exceptions.py").read_text()
    codes = re.findall(r"^    default_code = '(\w+)'$", source, re.MULTILINE)
    return {code.replace("_", "-") for code in codes} - NEVER_ANSWERED


def test_the_page_of_errors_has_each_type_that_can_be_answered_and_no_other():
    page = (DOCS / "reference/errors.md").read_text()
    on_the_page = re.findall(r"^`([a-z-]+)`.*\{ #([a-z-]+) \}$", page, re.MULTILINE)

    assert all(slug == anchor for slug, anchor in on_the_page)
    assert sorted(slug for slug, _ in on_the_page) == sorted(
        slugs_of_problems() | slugs_of_domain_errors() | slugs_of_the_framework() | slugs_of_the_graph()
    )


def test_the_ways_to_find_a_type_in_the_code_find_something():
    assert {"invalid-query", "unknown-host", "range-not-satisfiable"} <= slugs_of_problems()
    assert {"audiobook-unknown", "person-unknown", "credentials-refused"} <= slugs_of_domain_errors()
    assert {"syntax-error", "too-many-tokens", "invalid-document", "invalid-page"} <= slugs_of_the_graph()
    assert {"throttled", "not-found", "parse-error"} <= slugs_of_the_framework()
