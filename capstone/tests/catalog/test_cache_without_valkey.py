"""Valkey is killed under readers and a writer, and comes back empty."""

import time
from collections.abc import Iterator
from threading import Thread

import pytest
from cast import make_audiobook, make_user, sign_in
from django.db import connection
from rest_framework.test import APIClient

from audiobooks.accounts import limits, throttles
from lab_caching import metrics
from lab_caching.breaker import current_store
from lab_caching.local import memory
from nexus.services.own_valkey import OwnValkey

pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/v1/"
LIST = f"{API}audiobooks/"


@pytest.fixture
def valkey(settings, monkeypatch) -> Iterator[OwnValkey]:
    """Both the cache and the limits are on it."""
    valkey = OwnValkey()
    settings.LAB_CACHING = {**settings.LAB_CACHING, "URL": valkey.url}
    monkeypatch.setattr(limits, "VALKEY", limits.valkey_at(valkey.url))
    monkeypatch.setattr(throttles, "EVERYTHING", limits.Limit("many", 10**6, 60))
    yield valkey
    valkey.kill()
    current_store().store.client.close()
    limits.VALKEY.close()


def test_valkey_that_goes_and_comes_back_costs_no_error(db, valkey):
    """Readers and a writer go on, through a Valkey that is killed under them, and one that is back, empty."""
    audiobook = make_audiobook("Title 0")
    world_title = ["Title 0"]
    curator = sign_in(make_user("ada", role="curator"))
    anybody = APIClient()
    seen: list[int] = []
    is_over: list[bool] = []

    def read() -> None:
        while not is_over:
            seen.append(APIClient().get(LIST).status_code)
        connection.close()

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number, act in enumerate(
            (lambda: None, valkey.kill, lambda: None, valkey.start, lambda: None), 1
        ):
            act()
            address = f"{LIST}{audiobook.pk}/"
            current = curator.get(address)
            assert current.json()["title"] == world_title[-1]
            changed = curator.patch(
                address, {"title": f"Title {number}"}, format="json", headers={"If-Match": current["ETag"]}
            )
            assert changed.status_code == 200, changed.content
            world_title.append(f"Title {number}")
            assert curator.get(address).json()["title"] == f"Title {number}"
            target = len(seen) + 20
            while len(seen) < target:
                time.sleep(0.01)
    finally:
        is_over.append(True)
        for reader in readers:
            reader.join()

    assert set(seen) == {200}
    assert metrics.read()["catalog.audiobook.list"].away > 0
    metrics.reset()
    deadline = time.monotonic() + 30
    while (
        metrics.read().get("catalog.audiobook.detail", metrics.Counts()).hits == 0
    ):  # it answers from the cache again
        assert time.monotonic() < deadline
        curator.get(f"{LIST}{audiobook.pk}/")
    assert anybody.get(LIST).status_code == 200


def test_without_valkey_an_answer_costs_its_queries_once_a_second(
    anybody, settings, django_assert_num_queries
):
    make_audiobook("Emma")
    settings.LAB_CACHING = {**settings.LAB_CACHING, "URL": "redis://127.0.0.1:1/0"}
    anybody.get(f"{API}genres/")

    with django_assert_num_queries(1):
        first = anybody.get(f"{API}audiobooks/")
    with django_assert_num_queries(0):  # from this process's own memory
        assert anybody.get(f"{API}audiobooks/").content == first.content
    memory.clear()
    with django_assert_num_queries(1):
        unchanged = anybody.get(f"{API}audiobooks/", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, unchanged.status_code) == (200, 304)
