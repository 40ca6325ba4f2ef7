"""Mutations: REST's services, REST's refusals, wrong input as data."""

from uuid import uuid4

import pytest
from cast import make_audiobook
from django.utils import timezone
from graph.asking import ask, data, refusals
from library.own import Listener

from audiobooks.library.models import Bookmark, LibraryEntry, Shelf
from audiobooks.playback.models import ListeningPosition

pytestmark = pytest.mark.django_db

WRONG = "... on InvalidInput {errors {path code message}}"
ENTRY_PUT = f"""mutation ($input: EntryInput!) {{entryPut(input: $input) {{__typename
  ... on EntryPut {{isNew entry {{state audiobook {{title authors {{name}}}}}}}} {WRONG}}}}}"""
SHELF_PUT = f"""mutation ($input: ShelfInput!) {{shelfPut(input: $input) {{__typename
  ... on ShelfPut {{isNew shelf {{id name size}}}} {WRONG}}}}}"""
ITEM_PUT = f"""mutation ($input: ShelfItemInput!) {{shelfItemPut(input: $input) {{__typename
  ... on ShelfItemPut {{isNew item {{id audiobook {{title}}}}}} {WRONG}}}}}"""
BOOKMARK_PUT = f"""mutation ($input: BookmarkInput!) {{bookmarkPut(input: $input) {{__typename
  ... on BookmarkPut {{isNew bookmark {{id startMs endMs note audiobook {{title}}}}}} {WRONG}}}}}"""
SYNC = f"""mutation ($input: PositionsInput!) {{positionsSync(input: $input) {{__typename
  ... on PositionsSync {{outcomes {{seq outcome code}} positions {{positionMs audiobook {{title}}}} revision}} {WRONG}}}}}"""


def test_an_entry_is_put_changed_and_deleted(bo, as_user):
    audiobook, client = make_audiobook("Emma"), as_user(bo)
    wanted = {"audiobook": str(audiobook.pk), "state": "WISHLIST"}

    first = data(client, ENTRY_PUT, input=wanted)["entryPut"]
    again = data(client, ENTRY_PUT, input=wanted | {"state": "FINISHED"})["entryPut"]
    kept = Listener(bo).results("library/")
    gone = data(client, "mutation ($id: ID!) {entryDelete(audiobook: $id) {id}}", id=str(audiobook.pk))
    twice = ask(client, "mutation ($id: ID!) {entryDelete(audiobook: $id) {id}}", id=str(audiobook.pk))

    entry = {"state": "WISHLIST", "audiobook": {"title": "Emma", "authors": []}}
    assert first == {"__typename": "EntryPut", "isNew": True, "entry": entry}
    assert again == {"__typename": "EntryPut", "isNew": False, "entry": entry | {"state": "FINISHED"}}
    assert [one["state"] for one in kept] == ["finished"]
    assert gone == {"entryDelete": {"id": str(audiobook.pk)}}
    assert refusals(twice) == [(200, "ENTRY_UNKNOWN")]
    assert twice.json()["data"] == {"entryDelete": None}


def test_a_shelf_is_filled_in_order_and_emptied(bo, as_user):
    client, shelf = as_user(bo), str(uuid4())
    emma, orlando = (str(make_audiobook(title).pk) for title in ("Emma", "Orlando"))

    made = data(client, SHELF_PUT, input={"id": shelf, "name": "<b>Train</b>"})["shelfPut"]
    first = data(client, ITEM_PUT, input={"shelf": shelf, "audiobook": emma})["shelfItemPut"]
    data(client, ITEM_PUT, input={"shelf": shelf, "audiobook": orlando, "after": None})
    order = Listener(bo).on(shelf)
    data(client, "mutation ($id: ID!) {shelfItemDelete(id: $id) {id}}", id=first["item"]["id"])
    left = Listener(bo).on(shelf)
    data(client, "mutation ($id: ID!) {shelfDelete(id: $id) {id}}", id=shelf)

    assert made == {
        "__typename": "ShelfPut",
        "isNew": True,
        "shelf": {"id": shelf, "name": "Train", "size": 0},
    }
    assert (order, left, Shelf.objects.count()) == (["Orlando", "Emma"], ["Orlando"], 0)


def test_a_bookmark_is_put_twice_and_is_one(bo, as_user):
    audiobook = make_audiobook("Emma", duration_ms=60_000)
    wanted = {"id": str(uuid4()), "audiobook": str(audiobook.pk), "startMs": 5, "endMs": 9, "note": "Here"}

    first, again = (data(as_user(bo), BOOKMARK_PUT, input=wanted)["bookmarkPut"] for _ in range(2))
    data(as_user(bo), "mutation ($id: ID!) {bookmarkDelete(id: $id) {id}}", id=wanted["id"])

    bookmark = wanted | {"audiobook": {"title": "Emma"}}
    assert first == {"__typename": "BookmarkPut", "isNew": True, "bookmark": bookmark}
    assert again == first | {"isNew": False}
    assert Bookmark.objects.count() == 0


def test_wrong_input_is_data_by_the_names_of_the_sdl_and_changes_nothing(bo, as_user):
    client, audiobook = as_user(bo), make_audiobook("Emma", duration_ms=60_000)
    bookmark = {"id": str(uuid4()), "audiobook": str(audiobook.pk), "startMs": 5}

    told = [
        data(client, BOOKMARK_PUT, input=bookmark | {"startMs": -1, "note": "x" * 1001})["bookmarkPut"],
        data(client, BOOKMARK_PUT, input=bookmark | {"startMs": 60_001})["bookmarkPut"],
        data(client, BOOKMARK_PUT, input=bookmark | {"endMs": 2})["bookmarkPut"],
        data(client, SHELF_PUT, input={"id": str(uuid4()), "name": " "})["shelfPut"],
    ]

    assert [{(".".join(one["path"]), one["code"]) for one in each["errors"]} for each in told] == [
        {("input.startMs", "min_value"), ("input.note", "max_length")},
        {("input", "beyond_the_end")},
        {("input", "clip_length")},
        {("input.name", "blank")},
    ]
    assert (Bookmark.objects.count(), Shelf.objects.count()) == (0, 0)


def test_positions_come_as_a_batch_and_each_event_has_its_outcome(bo, as_user):
    audiobook, now = make_audiobook("Emma", duration_ms=60_000), timezone.now().isoformat()
    sitting = {"id": str(uuid4()), "audiobook": str(audiobook.pk), "startedAt": now, "seenRevision": 0}
    event = {"session": sitting["id"], "at": now, "generation": 0}
    batch = {
        "device": {"id": str(uuid4()), "name": "Phone"},
        "sentAt": now,
        "sessions": [sitting],
        "events": [
            event | {"seq": 1, "positionMs": 10_000, "heardFromMs": 0},
            event | {"seq": 1, "positionMs": 10_000, "heardFromMs": 0},
            event | {"seq": 2, "positionMs": 70_000},
            event | {"seq": 3, "positionMs": 1, "session": str(uuid4())},
        ],
    }

    told = data(as_user(bo), SYNC, input=batch)["positionsSync"]
    wrong = data(as_user(bo), SYNC, input=batch | {"events": [event | {"seq": -1, "positionMs": 1}]})

    assert [(one["seq"], one["outcome"], one["code"]) for one in told["outcomes"]] == [
        (1, "APPLIED", ""),
        (1, "DUPLICATE", ""),
        (2, "REJECTED", "BEYOND_THE_END"),
        (3, "REJECTED", "PLAYBACK_UNKNOWN"),
    ]
    assert told["positions"] == [{"positionMs": 10_000, "audiobook": {"title": "Emma"}}]
    assert ListeningPosition.objects.get().position_ms == 10_000
    assert wrong["positionsSync"]["errors"][0]["path"] == ["input", "events", "0", "seq"]


def test_later_mutations_of_a_request_see_what_earlier_ones_changed(bo, as_user):
    audiobook = make_audiobook("Emma")
    document = """mutation ($id: ID!) {
      a: entryPut(input: {audiobook: $id, state: WISHLIST}) {... on EntryPut {entry {audiobook {libraryEntry {state}}}}}
      b: entryPut(input: {audiobook: $id, state: FINISHED}) {... on EntryPut {entry {audiobook {libraryEntry {state}}}}}}"""

    told = data(as_user(bo), document, id=str(audiobook.pk))

    states = [told[name]["entry"]["audiobook"]["libraryEntry"]["state"] for name in "ab"]
    assert states == ["WISHLIST", "FINISHED"]


def test_a_failing_mutation_takes_back_itself_alone(bo, as_user):
    audiobook = make_audiobook("Emma")
    document = """mutation ($id: ID!, $none: ID!) {
      first: entryPut(input: {audiobook: $id, state: WISHLIST}) {__typename}
      second: entryPut(input: {audiobook: $none, state: WISHLIST}) {__typename}
      third: shelfPut(input: {id: $none, name: "Train"}) {__typename}}"""

    answer = ask(as_user(bo), document, id=str(audiobook.pk), none=str(uuid4()))

    assert refusals(answer) == [(200, "AUDIOBOOK_UNKNOWN")]
    assert answer.json()["data"] == {
        "first": {"__typename": "EntryPut"}, "second": None, "third": {"__typename": "ShelfPut"},
    }  # fmt: skip
    assert LibraryEntry.objects.get().audiobook_id == audiobook.pk
