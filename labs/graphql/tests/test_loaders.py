"""Loaders: one query for all that were announced, and nothing that outlives the request."""

import pytest

from lab_graphql.loaders import Loader, Loaders, batch


@pytest.fixture
def asked() -> list:
    """The batches that were fetched."""
    return []


@pytest.fixture
def loader(asked) -> Loader:
    def fetch(keys, *arguments):
        asked.append((keys, *arguments))
        return {key: f"{key}{''.join(arguments)}" for key in keys if key != 404}

    return Loader(fetch, missing="?")


def test_the_first_of_100_that_asks_fetches_for_all(loader, asked):
    loader.expect(range(100))

    found = [loader.load(key) for key in range(100)]

    assert found == [str(key) for key in range(100)]
    assert [len(keys) for (keys,) in asked] == [100]


def test_announcing_fetches_nothing_and_what_nobody_announced_is_fetched_alone(loader, asked):
    loader.expect([1, None])
    assert asked == []

    assert loader.load(2) == "2"
    assert asked == [([2, 1],)]


def test_each_set_of_arguments_is_a_batch_of_its_own(loader, asked):
    loader.expect([1, 2])

    assert [loader.load(1, "a"), loader.load(2, "a"), loader.load(2, "b")] == ["1a", "2a", "2b"]
    assert asked == [([1, 2], "a"), ([2, 1], "b")]


def test_what_is_missing_is_asked_for_once(loader, asked):
    assert [loader.load(404), loader.load(404)] == ["?", "?"]
    assert len(asked) == 1


def test_a_batch_has_at_most_1000_keys_and_the_one_that_is_asked_for(loader, asked):
    loader.expect(range(2500))

    assert loader.load(2400) == "2400"
    assert len(asked[0][0]) == 1000
    assert [loader.load(key) for key in range(2500)] == [
        str(key) if key != 404 else "?" for key in range(2500)
    ]
    assert [len(keys) for (keys,) in asked] == [1000, 1000, 500]


def test_a_batch_that_fails_is_not_remembered(asked):
    def fetch(keys):
        asked.append(keys)
        if len(asked) == 1:
            raise OSError("gone")
        return dict.fromkeys(keys, "found")

    loader = Loader(fetch)
    with pytest.raises(OSError, match="gone"):
        loader.load(1)

    assert loader.load(1) == "found"


def test_a_requests_loaders_are_its_own_and_made_once(asked):
    def fetch(keys):
        asked.append(keys)
        return dict.fromkeys(keys, len(asked))

    one, other = Loaders(), Loaders()

    assert one[fetch] is one[fetch]
    assert [one[fetch].load(1), other[fetch].load(1)] == [1, 2]


def test_children_of_all_parents_are_one_batch_where_a_batch_announces_them(asked):
    def names(ids):
        asked.append(list(ids))
        return {key: f"name {key}" for key in ids}

    @batch(fetched=lambda lists, loaders: [loaders[names].expect(ids) for ids in lists], missing=())
    def authors(ids):
        return {key: [key * 10, key * 10 + 1] for key in ids if key < 3}

    loaders = Loaders()
    loaders[authors].expect([1, 2, 3])

    found = {
        book: [loaders[names].load(author) for author in loaders[authors].load(book)] for book in (1, 2, 3)
    }

    assert found == {1: ["name 10", "name 11"], 2: ["name 20", "name 21"], 3: []}
    assert asked == [[10, 11, 20, 21]]


def test_a_changed_row_is_seen_by_the_next_request(ask):
    from graphql_playground.models import Studio  # noqa: PLC0415 -- after Django is set up

    document = "{film(id:7){studio{name}}}"
    ask(document, "step3")
    Studio.objects.update(name="Renamed")

    assert ask(document, "step3").json()["data"] == {"film": {"studio": {"name": "Renamed"}}}
