"""Whose parts answer: ours, or those of the labs that NEXUS_MINE names. `./nexus test --mine` runs this on a student's."""

import os
import sys
from pathlib import Path

import pytest

from config import site

API, MEDIA = "config.urls", "config.urls_media"


def test_every_part_of_this_run_comes_from_where_its_answers_say(client, settings):
    answer = client.get("/api/v1/nowhere/")

    files = {name: Path(module.__file__) for name, module in sys.modules.items() if name.startswith("lab_")}
    work = Path(os.environ.get("NEXUS_WORK_DIR") or settings.REPOSITORY_DIR / "work")
    homes = {lab: work / lab for lab in settings.NEXUS_MINE}
    strangers = []
    for name, file in files.items():
        lab = name.partition(".")[0].removeprefix("lab_")
        if not file.is_relative_to(homes.get(lab, settings.REPOSITORY_DIR / "labs" / lab / "src")):
            strangers.append(str(file))
    assert answer.headers.get("X-Nexus-Mine") == (", ".join(homes) or None)
    assert {"lab_rest.problems", "lab_rest.pagination"} <= files.keys()
    assert strangers == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("labs", "said"), [([], None), (["rest"], "rest"), (["rest", "caching"], "rest, caching")]
)
@pytest.mark.parametrize(
    ("urls", "path", "status"),
    [
        (API, "/", 200),
        (API, "/static/landing_page.css", 200),
        (API, "/healthz/live", 200),
        (API, "/admin/", 302),
        (API, "/api/v1/genres/", 200),
        (API, "/api/v1/genres/?colour=red", 400),
        (API, "/api/v1/me/", 401),
        (API, "/api/v1/nowhere/", 404),
        (MEDIA, "/healthz/live", 200),
        (MEDIA, f"/media/covers/{'0' * 64}/480.webp", 404),
    ],
)
def test_every_answer_names_the_students_parts_or_none(client, settings, urls, path, status, labs, said):
    settings.ROOT_URLCONF, settings.NEXUS_MINE = urls, labs

    answer = client.get(path)

    answer.close()
    assert (answer.status_code, answer.headers.get("X-Nexus-Mine")) == (status, said)


def test_defects_wrong_hosts_and_redirects_to_https_name_them_too(client, settings, monkeypatch):
    settings.NEXUS_MINE = ["rest"]
    client.raise_request_exception = False
    monkeypatch.delattr(site, "audiobook_cards")

    defect, wrong_host = client.get("/"), client.get("/", headers={"host": "elsewhere.example"})
    settings.SECURE_SSL_REDIRECT = True
    client.handler.load_middleware()
    redirect = client.get("/")

    answers = (defect, wrong_host, redirect)
    assert [answer.status_code for answer in answers] == [500, 400, 301]
    assert [answer.headers.get("X-Nexus-Mine") for answer in answers] == ["rest"] * 3


@pytest.mark.django_db
def test_the_landing_page_names_them_where_there_are_any(client, settings):
    settings.NEXUS_MINE = []
    ours = client.get("/").content.decode()
    settings.NEXUS_MINE = ["rest", "caching"]
    yours = client.get("/").content.decode()

    assert "Your code served this" not in ours
    assert "Your code served this: <strong>rest, caching</strong>" in yours
