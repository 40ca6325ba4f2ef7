"""What checks read from an answer; where it is not there, that is the mismatch."""

from typing import Any
from urllib.parse import urlsplit

from nexus.labs.site import Answer, Site


def errors_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the ``errors`` of a 400."""
    answer.expect_status(400)
    errors = answer.json_object().get("errors")
    is_right = isinstance(errors, list) and bool(errors) and all(isinstance(error, dict) for error in errors)
    answer.expect(is_right, 'a member "errors", one object for each', answer)
    return list(errors or ())


def rows_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the rows of a page."""
    answer.expect_status(200)
    rows = answer.json_object().get("results")
    is_right = isinstance(rows, list) and all(isinstance(row, dict) and "id" in row for row in rows)
    answer.expect(is_right, 'a member "results", one object for each', answer)
    return list(rows or ())


def ids_of(answer: Answer) -> list[Any]:
    """Return which rows a page shows."""
    return [row["id"] for row in rows_of(answer)]


def link_of(answer: Answer, name: str) -> str:
    """Return the address of a neighbouring page, ``next`` or ``previous``, without the host."""
    answer.expect_status(200)
    link = answer.json_object().get(name)
    answer.expect(isinstance(link, str) and "?" in link, f'a member "{name}", the address of a page', link)
    parts = urlsplit(str(link))
    return f"{parts.path}?{parts.query}"


def follow(site: Site, answer: Answer, name: str) -> Answer:
    """Get a neighbouring page."""
    return site.get(link_of(answer, name))
