"""The page and its files: what they may load, and that what is not ours is what was published."""

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db
FOLDER = Path(str(finders.find("listen/main.js"))).parent
VENDOR = FOLDER / "vendor"


def test_the_page_may_run_nothing_inline_and_load_nothing_from_elsewhere(client, settings):
    settings.MEDIA_BASE_URL = "https://media.nexus.example/"

    answer = client.get("/listen/")

    policy = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://media.nexus.example"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


def test_the_page_is_the_same_for_everybody_and_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/listen/")

    assert (answer.status_code, answer["Cache-Control"], answer.cookies) == (200, "no-cache", {})
    assert client.post("/listen/").status_code == 405


def test_every_module_is_served_as_javascript(client):
    for file in sorted(FOLDER.rglob("*.*js")):
        answer = client.get(f"/static/listen/{file.relative_to(FOLDER).as_posix()}")
        assert (file.name, answer.status_code) == (file.name, 200)
        assert answer["Content-Type"].startswith("text/javascript")
        answer.close()


def test_what_is_vendored_is_what_its_readme_says():
    listed = dict(
        re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.M)
    )

    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.iterdir()
        if file.name != "README.md"
    }
    assert found == listed


def test_modules_name_no_address_of_another_host_and_make_no_markup_of_text():
    ours = [file for file in FOLDER.rglob("*.js") if file.parent != VENDOR]

    assert len(ours) > 15
    for file in ours:
        assert (
            re.findall(r"https?://|innerHTML|insertAdjacentHTML|\beval\(|new Function", file.read_text())
            == []
        ), file
