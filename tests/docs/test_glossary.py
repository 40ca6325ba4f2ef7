"""A page's first mention of a word of the glossary carries its meaning; code, links and headings are left alone."""

import re
import subprocess
import sys

import pytest
from markdown import markdown

from nexus.glossary import PAGE, meanings
from nexus.services import CHECKOUT

MEANING = meanings(PAGE.read_text())


def marked(text: str) -> list[str]:
    """Return the words that a page of this text gives a meaning."""
    return re.findall(r'<abbr[^>]* title="[^"]+"[^>]*>([^<]+)', markdown(text, extensions=["nexus.glossary"]))


def test_meanings_are_the_glossarys_own_without_their_sources():
    assert MEANING["etag"] == "A validator in a response that changes when the content does."
    assert MEANING["liveness"] == MEANING["readiness"]
    assert {"lab", "index", "safe"} & set(MEANING) == set()
    assert [word for word, text in MEANING.items() if re.search(r"[\[\]`]", text)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A keyset, and a keyset again. Keyset.", ["keyset"]),
        ("# Jitter\n\nJitter spreads; N+1 queries do not.", ["Jitter", "N+1 queries"]),
        ("`jitter` and [jitter](https://example.org) and **jitter**", ["jitter"]),
        ("- an idempotency key\n- idempotent\n", ["idempotency key", "idempotent"]),
        ("Cursors, recursor, cursor-like and x-cursor", []),
        ("the relay sends *one* outbox after the other relay", ["relay", "outbox"]),
    ],
)
def test_the_first_mention_in_prose_is_marked_and_no_other(text, words):
    assert marked(text) == words


def test_the_text_stays_what_it_was():
    text = "One outbox, *one* relay; and more outbox."

    assert re.sub(r"<[^>]+>", "", markdown(text, extensions=["nexus.glossary"])) == text.replace("*", "")


def test_the_image_of_the_hub_can_import_it():
    program = (
        "import sys, nexus.glossary; print(*sorted(name for name in sys.modules if name.startswith('nexus')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["nexus", "nexus.glossary"]
    assert "PYTHONPATH=tools /opt/venv/bin/mkdocs build" in (CHECKOUT / "capstone/Dockerfile").read_text()
