"""What a curator does with what was proposed."""

import pytest
from cast import make_audiobook, make_book
from django.test import Client
from django.utils import timezone

from audiobooks.catalog.models import Audiobook, Publisher
from audiobooks.enrichment.models import Lookup, Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def propose(audiobook):
    """Return a function that stores a proposal."""

    def propose(field: str, value: str, current: str = "") -> Proposal:
        now = timezone.now()
        lookup = Lookup.objects.create(audiobook=audiobook, state="done", created_at=now, changed_at=now)
        return Proposal.objects.create(
            audiobook=audiobook,
            lookup=lookup,
            field=field,
            current_value=current,
            proposed_value=value,
            source="https://openlibrary.org/books/OL1M",
            fetched_at=now,
        )

    return propose


@pytest.fixture
def accept(curator, audiobook):
    """Return a function that accepts, having seen the recording as it stands."""

    def accept(proposal: Proposal, seen: str | None = None):
        seen = seen or curator.get(f"/api/v1/audiobooks/{audiobook.pk}/")["ETag"]
        return curator.post(f"/api/v1/proposals/{proposal.pk}/accept/", headers={"If-Match": seen})

    return accept


@pytest.mark.parametrize(
    ("field", "value", "current", "shown"),
    [
        ("title", "Emma, a Novel", "Emma", lambda body: body["title"]),
        ("subtitle", "A Novel", "", lambda body: body["subtitle"]),
        ("publisher", "Penguin", "", lambda body: body["publisher"]["name"]),
        ("isbn", "9780141439587", "", lambda body: body["external_ids"][0]["value"]),
    ],
)
def test_an_accepted_value_is_the_recordings(propose, accept, ada, field, value, current, shown):
    proposal = propose(field, value, current)

    answer = accept(proposal)

    assert answer.status_code == 200
    assert shown(answer.json()) == value
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by_id) == ("accepted", ada.pk)


def test_an_accepted_year_is_the_works_and_a_new_version_of_its_recordings(propose, accept, audiobook):
    answer = accept(propose("first_published_year", "1815"))

    audiobook.book.refresh_from_db()
    assert audiobook.book.first_published_year == 1815
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_an_accepted_title_is_sorted_anew(propose, accept, audiobook):
    accept(propose("title", "The Zebra", "Emma"))

    assert Audiobook.objects.get(pk=audiobook.pk).sort_title.startswith("zebra")


def test_a_publisher_of_that_name_is_used_again(propose, accept):
    known = Publisher.objects.create(name="Penguin", sort_name="penguin")

    accept(propose("publisher", "Penguin"))

    assert Publisher.objects.get() == known


def test_who_has_not_seen_the_newest_version_changes_nothing(propose, accept, audiobook, curator):
    proposal = propose("subtitle", "A Novel")
    seen = curator.get(f"/api/v1/audiobooks/{audiobook.pk}/")["ETag"]
    Audiobook.objects.filter(pk=audiobook.pk).update(version=7)

    answer = accept(proposal, seen)

    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state) == (412, "open")
    assert curator.post(f"/api/v1/proposals/{proposal.pk}/accept/").status_code == 428


def test_what_was_compared_with_another_value_is_outdated(propose, accept, audiobook):
    proposal = propose("subtitle", "A Novel")
    Audiobook.objects.filter(pk=audiobook.pk).update(subtitle="A Romance")

    answer = accept(proposal)

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("#proposal-outdated")
    assert Audiobook.objects.get(pk=audiobook.pk).subtitle == "A Romance"


def test_accepting_one_outdates_the_others_for_its_field(propose, accept):
    first, second, other = propose("subtitle", "A"), propose("subtitle", "B"), propose("publisher", "P")

    accept(first)

    states = {p.pk: p.state for p in Proposal.objects.all()}
    assert [states[one.pk] for one in (first, second, other)] == ["accepted", "outdated", "open"]


def test_a_decision_is_made_once(propose, accept, curator):
    proposal = propose("subtitle", "A Novel")

    assert curator.post(f"/api/v1/proposals/{proposal.pk}/reject/").json()["state"] == "rejected"
    assert accept(proposal).status_code == 409
    assert curator.post(f"/api/v1/proposals/{proposal.pk}/reject/").status_code == 409


def test_two_who_accept_at_once_change_it_once(propose, accept, curator, audiobook):
    """The second has seen a version that the first has replaced."""
    first, second = propose("subtitle", "A"), propose("publisher", "P")
    seen = curator.get(f"/api/v1/audiobooks/{audiobook.pk}/")["ETag"]

    assert [accept(first, seen).status_code, accept(second, seen).status_code] == [200, 412]


def test_an_unknown_proposal_is_a_404(curator):
    path = "/api/v1/proposals/01890a5d-ac96-774b-bcce-b302099a8057"

    assert curator.post(f"{path}/accept/", headers={"If-Match": '"x"'}).status_code == 404
    assert curator.post(f"{path}/reject/").status_code == 404


@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_a_listener_decides_nothing(propose, as_user, bo, verb):
    proposal = propose("subtitle", "A Novel")

    answer = as_user(bo).post(f"/api/v1/proposals/{proposal.pk}/{verb}/", headers={"If-Match": '"x"'})

    assert answer.status_code == 403
    assert Proposal.objects.get().state == "open"


@pytest.fixture
def staff(db, django_user_model) -> Client:
    client = Client()
    client.force_login(
        django_user_model.objects.create_superuser("staff", "staff@example.org", "a long walk by the sea")
    )
    return client


def test_the_admin_shows_and_decides_many(staff, propose, audiobook):
    wanted = [propose("subtitle", "A Novel"), propose("publisher", "Penguin", "Somebody else")]
    chosen = {"_selected_action": [str(one.pk) for one in wanted], "action": "accept"}

    answer = staff.post("/admin/enrichment/proposal/", chosen, follow=True)

    assert [p.state for p in Proposal.objects.order_by("field")] == ["open", "accepted"]
    assert b"1 decided." in answer.content
    assert b"look it up again" in answer.content
    assert staff.get("/admin/enrichment/lookup/").status_code == 200
    assert staff.get("/admin/enrichment/proposal/add/").status_code == 403


def test_another_works_recording_is_not_touched(propose, accept):
    other = make_audiobook("Other", book=make_book("Other"))

    accept(propose("first_published_year", "1815"))

    other.refresh_from_db()
    assert (other.version, other.book.first_published_year) == (1, None)
