"""The stage answers as the README says, and the README names every step, region and wrong solution that there is."""

import re
import tomllib
from pathlib import Path

import pytest

from caching_playground import simulation, stage
from caching_playground.metadata import SERVICE
from caching_playground.pages import WAYS
from caching_playground.proxy import Proxy

LAB = Path(__file__).parents[1]
README = (LAB / "README.md").read_text()


@pytest.fixture
def shop(db):
    stage.fill()
    stage.forget()
    yield
    stage.forget()


@pytest.fixture(autouse=True)
def prefix(settings):
    settings.LAB_CACHING = {**settings.LAB_CACHING, "PREFIX": "playground:"}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_six_ways_answer_the_same_page(client, language):
    pages = []
    for step in WAYS:
        stage.forget()
        pages.append(client.get(f"/step{step}/", headers={"accept-language": language}).json())

    assert pages[1:] == pages[:1] * 5
    assert pages[0]["language"] == language
    assert [book["title"] for book in pages[0]["books"]] == [f"Book {n}" for n in range(1, 11)]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("step", "status"), [(1, 500), (5, 500), (6, 200)])
def test_without_the_service_a_cold_page_is_an_error_but_for_the_last_way(client, step, status):
    client.raise_request_exception = False
    SERVICE.fails = True
    try:
        answer = client.get(f"/step{step}/")
    finally:
        SERVICE.fails = False

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["rating"] is None


@pytest.mark.parametrize("address", ["/step7/", "/step0/", "/step1/books/999/"])
def test_what_is_not_there_is_a_404(db, client, address):
    send = client.post if "books" in address else client.get

    assert send(address, {"price_cents": 1}, "application/json").status_code == 404


def test_the_readme_names_the_regions_and_counts_the_checks_of_each_step():
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (.+) \| (\d+) \|$", README, re.MULTILINE)
    told = {
        step: (title, set(re.findall(r"`([a-z-]+)`", regions)), int(number))
        for step, title, regions, number in rows
    }
    manifest = tomllib.loads((LAB / "lab.toml").read_text())

    assert told == {
        step["id"]: (step["title"], set(step["regions"]), len(step["checks"])) for step in manifest["step"]
    }


def test_the_readme_counts_the_wrong_solutions():
    (number,) = re.findall(r"holds (\d+) solutions", README)

    assert int(number) == len(list((LAB / "wrong").glob("*.py"))) == len(list((LAB / "wrong").glob("*.txt")))


def test_hits_grow_with_the_time_out_and_follow_the_theory_where_books_are_equal():
    equal = simulation.readers(skew=0)
    found = [simulation.hit_ratio(equal, ttl) for ttl in (1, 10, 60)]

    assert found == sorted(found)
    for ttl, ratio in zip((1, 10, 60), found, strict=True):
        assert ratio == pytest.approx(simulation.expected_hit_ratio(ttl), abs=0.005)


def test_a_room_for_a_tenth_keeps_more_of_the_hits_where_readers_are_uneven():
    kept = [simulation.hit_ratio(simulation.readers(skew), 7_200, room=200) for skew in (0, 1)]

    assert kept[0] < 0.11
    assert kept[1] > 0.6


def test_a_proxy_that_was_cut_listens_on_its_port_again():
    way = Proxy("redis://127.0.0.1:6379/0")
    port = way.port
    way.cut()
    way.mend()

    assert way.port == port
    way.cut()
