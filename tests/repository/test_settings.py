"""`.env.example` explains exactly what the settings read."""

import ast
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SETTINGS = CHECKOUT / "capstone/config/settings.py"
EXAMPLE = CHECKOUT / ".env.example"
READERS = {"env_str", "env_bool", "env_int", "env_list"}
LINE = re.compile(r"^(#\s?)?([A-Z][A-Z0-9_]*)=(.*)$")


def read_by_settings() -> dict[str, bool]:
    """Return every variable that the settings read, and whether it has a default."""
    found: dict[str, bool] = {}
    for node in ast.walk(ast.parse(SETTINGS.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
            name = ast.literal_eval(node.args[0])
            found[name] = node.func.id != "env_str" or len(node.args) + len(node.keywords) > 1
    return found


def explained() -> dict[str, tuple[bool, str]]:
    """Return every variable of the example, whether it is commented out, and the comment above it."""
    found, comment = {}, ""
    for line in EXAMPLE.read_text().splitlines():
        if match := LINE.match(line):
            found[match[2]] = (bool(match[1]), comment)
            comment = ""
        else:
            comment = line.removeprefix("#").strip() if line.startswith("#") else ""
    return found


def test_every_variable_that_the_settings_read_is_explained_and_no_other():
    assert set(explained()) == set(read_by_settings())


def test_each_variable_has_a_sentence_above_it():
    without = [name for name, (_, comment) in explained().items() if len(comment.split()) < 3]

    assert without == []


def test_what_has_no_default_is_not_commented_out():
    required = {name for name, has_default in read_by_settings().items() if not has_default}

    assert {name for name in required if explained()[name][0]} == set()


def test_settings_read_the_environment_through_the_four_readers_alone():
    imported = [
        alias.name
        for node in ast.walk(ast.parse(SETTINGS.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "config.environment"
        for alias in node.names
    ]
    reads = [
        node.lineno
        for node in ast.walk(ast.parse(SETTINGS.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]

    assert set(imported) >= READERS
    assert reads == []
