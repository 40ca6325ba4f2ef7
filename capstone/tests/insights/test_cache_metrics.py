"""What staff and Prometheus are told of the cache, and who else is told nothing."""

import os
import subprocess
import sys

import pytest
from cast import make_audiobook, make_user
from django.test import Client
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from audiobooks.insights import cache_metrics
from lab_caching import metrics

AUDIOBOOKS = "/api/v1/audiobooks/"
STAFF = "/api/v1/staff/cache/"


@pytest.fixture(autouse=True)
def from_nothing() -> None:
    """Count from nothing, as far as counters can go back: what is compared is what came since."""
    metrics.reset()
    cache_metrics.carried.clear()


@pytest.fixture
def staff(db):
    return make_user("staff", role="staff")


def counts_of(answer, name: str) -> dict[str, float]:
    return next((one for one in answer.json()["answers"] if one["name"] == name), {})


@pytest.mark.django_db(transaction=True)
def test_staff_see_what_was_answered_from_where(anybody, as_user, staff, django_assert_num_queries):
    make_audiobook()
    before = counts_of(as_user(staff).get(STAFF), "catalog.audiobook.list")
    for _ in range(5):
        anybody.get(AUDIOBOOKS)

    with django_assert_num_queries(0):
        answer = as_user(staff).get(STAFF)

    found = counts_of(answer, "catalog.audiobook.list")
    new = {what: found[what] - before.get(what, 0) for what in ("misses", "local", "hits", "computations")}
    assert new == {"misses": 1, "local": 4, "hits": 0, "computations": 1}
    assert answer["Cache-Control"] == "no-store"
    assert {"topic", "bumps"} == set(answer.json()["topics"][0])


@pytest.mark.django_db
def test_the_admin_has_the_same_on_a_page(db, django_user_model):
    client = Client()
    assert client.get("/admin/cache/").status_code == 302
    client.force_login(django_user_model.objects.create_superuser("root", "root@example.org", "a long walk"))

    page = client.get("/admin/cache/")

    assert page.status_code == 200
    assert b"How answers came about" in page.content
    assert client.post("/admin/cache/").status_code == 405


@pytest.mark.parametrize(
    ("token", "address", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "10.1.2.3", {}, 404),
        ("", "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("", "127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 404),
        ("", "10.1.2.3", {"Authorization": "Bearer "}, 404),
        ("s3cret", "127.0.0.1", {}, 404),
        ("s3cret", "10.1.2.3", {"Authorization": "Bearer s3cret"}, 200),
        ("s3cret", "10.1.2.3", {"Authorization": "Bearer s3cre"}, 404),
        ("s3cret", "10.1.2.3", {"Authorization": "s3cret"}, 404),
    ],
)
def test_metrics_are_for_prometheus_alone(settings, token, address, headers, status):
    settings.METRICS_TOKEN = token

    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)

    assert answer.status_code == status
    assert (b"cache_answers_total" in answer.content) == (status == 200)


def test_what_was_counted_is_carried_over_once():
    def total() -> float:
        return cache_metrics.ANSWERS.labels("once", "hits")._value.get()

    before = total()
    for _ in range(3):
        metrics.count("once", "hits")
        cache_metrics.carry()
        cache_metrics.carry()

    assert total() - before == 3


PROCESS = """
import os, django
django.setup()
from audiobooks.insights import cache_metrics
from lab_caching import metrics
for _ in range(int(os.environ["TIMES"])):
    metrics.count("shared", "hits")
cache_metrics.carry()
"""


def test_processes_that_share_a_folder_add_up(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "METRICS_DIR": str(tmp_path / "metrics"),
    }
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS], env={**environment, "TIMES": str(times)})
        for times in (3, 4)
    ]
    assert [process.wait(60) for process in processes] == [0, 0]

    everybody = CollectorRegistry()
    MultiProcessCollector(everybody, path=str(tmp_path / "metrics"))

    assert everybody.get_sample_value("cache_answers_total", {"name": "shared", "event": "hits"}) == 7
