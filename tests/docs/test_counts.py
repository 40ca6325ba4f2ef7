"""Numbers that pages say of the code are those of the code."""

import gzip
import re

import pytest
import yaml

from nexus.pages import CHECKOUT, DOCS

DOCUMENT = CHECKOUT / "capstone/openapi.yaml"
SECONDS = {"MINUTE": 60, "HOUR": 3_600}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def number_in(page: str, sentence: str) -> int:
    """Return the number that a page says where the sentence has ``#``; fail where it does not say it once."""
    found = re.findall(re.escape(sentence).replace(r"\#", r"([\d,]+)"), (DOCS / page).read_text())
    assert len(found) == 1, f"docs/{page} must say {sentence!r} once"
    return number(found[0])


@pytest.mark.parametrize(
    ("page", "generated"),
    [("concepts/api-documentation.md", ("", "")), ("challenges/documenting-an-api.md", ("1 | ", "0 | "))],
)
def test_pages_count_what_the_document_says_of_one_change(page, generated):
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    answers = paths["/api/v1/people/{id}/"]["patch"]["responses"]
    errors = [status for status in answers if status >= "400"]
    fields = {name for answer in answers.values() for name in answer.get("headers", {})}
    one, none = generated

    assert number_in(page, f"| answers | {one}# |") == len(answers) == len(errors) + 1
    assert number_in(page, f"not written by hand | {none}# |") == len(errors)
    assert number_in(page, f"| header fields they carry | {none}# |") == len(fields)


def test_the_document_is_sent_as_a_tenth_of_itself():
    assert len(gzip.compress(DOCUMENT.read_bytes())) * 10 < DOCUMENT.stat().st_size


def test_the_table_of_limits_is_that_of_the_code():
    source = (CHECKOUT / "capstone/audiobooks/accounts/limits.py").read_text()
    settings = (CHECKOUT / "capstone/config/settings.py").read_text()
    default = number(re.search(r'"API_REQUESTS_PER_MINUTE", (\d+)\)', settings)[1])
    in_code = {
        name: (number(quota) if quota.isdigit() else default, SECONDS[window])
        for name, quota, window in re.findall(r'Limit\("([a-z-]+)", ([\w.]+), (MINUTE|HOUR)', source)
    }

    page = (DOCS / "reference/errors.md").read_text()
    rows = re.findall(r"(?m)^\| `([a-z-]+)` \| ([\d,]+) \| ([\d,]+) \|", page)

    tries, _ = in_code["log-in"]
    assert {name: (number(quota), number(window)) for name, quota, window in rows} == in_code
    assert number_in("concepts/authentication-and-authorisation.md", "the #st try") == tries + 1
    assert number_in("challenges/securing-endpoints.md", "exactly # pass") == tries
