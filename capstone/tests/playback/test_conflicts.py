"""Two devices that went different ways: found, kept, settled, undone."""

import pytest
from django.utils import timezone
from playback.listening import Player, make_recording, outcomes, place

from audiobooks.playback.models import PositionConflict, PositionEvent

pytestmark = pytest.mark.django_db


def offline_on_two(bo, *, phone_ms: int = 600_000, tablet_ms: int = 200_000, heard_ms: int = 20_000):
    """The phone and the tablet both play the same recording offline; the phone is heard of first, the tablet is later."""
    book = make_recording()
    phone, tablet = Player(bo, "Phone"), Player(bo, "Tablet")
    told = []
    for player, position_ms, ago_s in ((phone, phone_ms, 300), (tablet, tablet_ms, 100)):
        sitting = player.sitting(book)
        event = player.event(position_ms, heard_ms=heard_ms, ago_s=ago_s, session=sitting["id"])
        told.append(player.sync([sitting], [event]))
    return phone, tablet, told


def conflicts(player: Player, **query: str) -> list[dict]:
    return player.get("conflicts/", **query).json()["results"]


def post(player: Player, conflict: dict, verb: str, body: dict | None = None):
    return player.client.post(f"/api/v1/me/conflicts/{conflict['id']}/{verb}/", body, format="json")


def here(player: Player) -> int:
    return player.get("positions/").json()["results"][0]["position_ms"]


def test_both_places_are_kept_and_the_later_holds_meanwhile(bo):
    phone, _, (first, second) = offline_on_two(bo)

    (conflict,) = conflicts(phone)

    assert (outcomes(first), outcomes(second)) == (["applied"], ["conflict"])
    assert second.json()["results"][0]["conflict"] == conflict["id"]
    assert {one["device"]["name"]: one["position_ms"] for one in conflict["places"]} == {
        "Phone": 600_000,
        "Tablet": 200_000,
    }
    assert (conflict["state"], here(phone)) == ("open", 200_000)


@pytest.mark.parametrize(
    ("but", "found"),
    [
        ({"heard_ms": 15_000}, 1),
        ({"heard_ms": 14_999}, 0),
        ({"phone_ms": 260_001}, 1),
        ({"phone_ms": 260_000}, 0),
    ],
)
def test_15_s_of_news_and_more_than_60_s_apart(bo, but, found):
    phone, *_ = offline_on_two(bo, **but)

    assert len(conflicts(phone)) == found


def test_who_begins_where_the_other_stopped_disagrees_with_nobody(bo):
    book, phone, tablet = make_recording(), Player(bo), Player(bo, "Tablet")
    phone.begin(book)
    phone.tell(phone.event(600_000, heard_ms=60_000))
    tablet.begin(book)

    answer = tablet.tell(tablet.event(100_000, heard_ms=60_000))  # went back on purpose

    assert (outcomes(answer), conflicts(tablet)) == (["applied"], [])


def test_a_tick_costs_the_same_once_its_device_has_seen_what_the_others_told(bo, django_assert_num_queries):
    book, phone, tablet = make_recording(), Player(bo), Player(bo, "Tablet")
    phone.begin(book)
    phone.tell(phone.event(600_000, heard_ms=60_000))
    tablet.begin(book)
    tablet.tell(tablet.event(100_000))

    with django_assert_num_queries(6):  # as alone: 4, and the savepoint
        tablet.tell(tablet.event(115_000))


def test_two_tabs_that_go_on_side_by_side_disagree_once_and_the_places_move_along(bo):
    book, one, other = make_recording(), Player(bo, "One"), Player(bo, "Other")
    one.begin(book)
    other.begin(book)

    answers = [
        player.tell(player.event(position_ms))
        for player, position_ms in ((one, 600_000), (other, 100_000), (one, 615_000), (other, 115_000))
    ]

    (conflict,) = conflicts(one)
    assert [outcomes(answer) for answer in answers] == [["applied"], ["conflict"], ["conflict"], ["conflict"]]
    assert sorted(side["position_ms"] for side in conflict["places"]) == [115_000, 615_000]


def test_a_listener_decides_undoes_and_decides_otherwise(bo):
    phone, tablet, _ = offline_on_two(bo)
    (conflict,) = conflicts(phone)

    settled = post(phone, conflict, "resolve", {"device": phone.device["id"]})
    at_first = here(phone)
    undone = post(phone, conflict, "undo")
    afterwards = here(phone)
    otherwise = post(phone, conflict, "resolve", {"device": tablet.device["id"]})

    assert [answer.status_code for answer in (settled, undone, otherwise)] == [200] * 3
    assert (settled.json()["state"], settled.json()["settled_by"]) == ("settled", "user")
    assert settled.json()["kept"] == phone.device["id"]
    assert (at_first, afterwards, here(phone)) == (600_000, 200_000, 200_000)
    assert (undone.json()["state"], undone.json()["kept"]) == ("open", None)
    assert conflicts(phone, state="open") == []
    assert len(conflicts(phone, state="settled")) == 1


def test_what_is_settled_stays_settled_while_the_same_sittings_go_on(bo):
    book, one, other = make_recording(), Player(bo, "One"), Player(bo, "Other")
    one.begin(book)
    other.begin(book)
    one.tell(one.event(600_000))
    other.tell(other.event(100_000))
    post(one, conflicts(one)[0], "resolve", {"device": one.device["id"]})

    answer = one.tell(one.event(615_000))

    assert (outcomes(answer), place(answer), conflicts(one, state="open")) == (["applied"], 615_000, [])


@pytest.mark.parametrize(
    ("policy", "position_ms"), [("latest", 200_000), ("furthest", 600_000), ("ask", 200_000)]
)
def test_a_policy_decides_at_once_and_can_be_undone(bo, policy, position_ms):
    client = Player(bo).client
    assert client.get("/api/v1/me/conflicts/policy/").json() == {"on_conflict": "ask"}
    client.put("/api/v1/me/conflicts/policy/", {"on_conflict": policy}, format="json")

    phone, _, _ = offline_on_two(bo)

    (conflict,) = conflicts(phone)
    assert client.get("/api/v1/me/conflicts/policy/").json() == {"on_conflict": policy}
    assert here(phone) == position_ms
    assert conflict["settled_by"] == ("" if policy == "ask" else policy)
    if policy != "ask":
        assert post(phone, conflict, "undo").status_code == 200
        assert here(phone) == 200_000


def test_a_decision_is_an_event_and_outlives_what_comes_late(bo):
    phone, tablet, _ = offline_on_two(bo)
    post(phone, conflicts(phone)[0], "resolve", {"device": phone.device["id"]})
    sitting = tablet.sitting(make_recording())
    late = PositionEvent.objects.get(device__name="Tablet").session_id

    answer = tablet.sync(
        [sitting | {"id": str(late), "audiobook": conflicts(phone)[0]["audiobook"]["id"]}],
        [tablet.event(205_000, ago_s=50, session=str(late))],
    )

    assert outcomes(answer) == ["superseded"]
    assert here(phone) == 600_000


def test_refusals(bo, cy):
    phone, _, _ = offline_on_two(bo)
    (conflict,) = conflicts(phone)
    keep = {"device": phone.device["id"]}

    refused = [
        post(Player(cy), conflict, "resolve", keep),
        post(Player(cy), conflict, "undo"),
        post(phone, conflict, "undo"),
        post(phone, conflict, "resolve", {"device": Player(bo).device["id"]}),
        post(phone, conflict, "resolve", {}),
    ]
    post(phone, conflict, "resolve", keep)
    refused.append(post(phone, conflict, "resolve", keep))

    assert [(answer.status_code, answer.json()["type"].rpartition("#")[2]) for answer in refused] == [
        (404, "conflict-unknown"),
        (404, "conflict-unknown"),
        (409, "conflict-open"),
        (400, "not-a-side"),
        (400, "invalid-input"),
        (409, "conflict-settled"),
    ]
    assert conflicts(Player(cy)) == []


def test_an_old_decision_is_not_undone_while_the_devices_disagree_anew(bo):
    phone, _, _ = offline_on_two(bo)
    old = PositionConflict.objects.get()
    post(phone, {"id": old.pk}, "resolve", {"device": phone.device["id"]})
    PositionConflict.objects.create(
        **{
            field.attname: getattr(old, field.attname)
            for field in PositionConflict._meta.fields
            if field.name != "id"
        }
        | {"found_at": timezone.now()}
    )

    answer = post(phone, {"id": old.pk}, "undo")

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (409, "conflict-newer")


@pytest.mark.parametrize("count", [1, 10])
def test_listing_conflicts_costs_one_query(bo, django_assert_num_queries, count):
    for _ in range(count):
        phone, *_ = offline_on_two(bo)

    with django_assert_num_queries(1):
        assert len(conflicts(phone)) == count
