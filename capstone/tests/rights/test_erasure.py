"""After the grace nothing is left: every table of the database and every file is searched for it."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from cast import PASSWORD, keep_promises, make_audiobook, make_user, sign_in, tick
from contract.document import OPERATIONS, ask, with_what_exists
from contract.scene import make_scene
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient
from rights.life import NAME, WORD, holdings_of, make_life

from audiobooks.accounts import limits
from audiobooks.accounts.models import Session, User
from audiobooks.catalog.models import Audiobook, Rating
from audiobooks.library.models import Grant
from audiobooks.library.services import grant_give
from audiobooks.media import addresses
from audiobooks.media.models import Job, JobSource, Upload
from audiobooks.media.storage import path_of
from audiobooks.playback.models import Device, PositionEvent
from audiobooks.reviews.models import Review
from audiobooks.rights import holdings, tasks
from audiobooks.rights.services import NotErased, account_erase, deletions_carry_out
from audiobooks.rights.services.exports import export_name
from lab_celery.models import OutboxRow
from lab_rest.models import IdempotencyRecord

pytestmark = pytest.mark.django_db


def due(user: User, *, ago: timedelta = timedelta(0)) -> User:
    User.objects.filter(pk=user.pk).update(deletion_due_at=timezone.now() - ago)
    return user


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return [one.name for one in connection.introspection.get_table_list(cursor) if one.type in {"t", "p"}]


def found(needle: str) -> dict[str, int]:
    """Return {table: rows} of all rows of the database that say this anywhere, bytes included."""
    rows = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS one WHERE one::text ILIKE %s OR one::text LIKE %s',  # noqa: S608
                [f"%{needle}%", f"%{needle.encode().hex()}%"],
            )
            if count := cursor.fetchone()[0]:
                rows[table] = count
    return rows


def test_nothing_of_the_account_is_left_in_any_table_or_file():
    user = make_life()
    devices = list(Device.objects.filter(user=user).values_list("pk", "client_id"))
    needles = [WORD, NAME, user.email, str(user.pk), user.pk.hex, "203.0.113.77", *map(str, sum(devices, ()))]
    file = path_of(export_name(user.exports.get().pk))
    file.parent.mkdir(parents=True)
    file.write_text(WORD)
    before = {needle: found(needle) for needle in needles}

    done = deletions_carry_out(now=due(user).deletion_due_at or timezone.now())

    assert done == 1
    assert all(before[needle] for needle in needles if needle != user.pk.hex)
    assert {needle: found(needle) for needle in needles} == {needle: {} for needle in needles}
    assert not file.exists()


def test_what_others_need_stays_and_says_no_longer_whose_it_was():
    audiobook = make_audiobook(duration_ms=600_000)
    user = make_life(audiobook)

    assert account_erase(user_id=due(user).pk, now=timezone.now())

    assert Audiobook.objects.get().title == audiobook.title
    assert list(Upload.objects.values_list("curator", "file_name", "sha256")) == [(None, "", "0" * 64)]
    assert list(Job.objects.values_list("curator", "reason", "state")) == [(None, "", "failed")]
    assert JobSource.objects.get().file_name == ""
    assert audiobook.lookups.get().curator is None
    assert (audiobook.proposals.get().decided_by, audiobook.proposals.get().state) == (None, "accepted")


def test_stars_and_votes_go_with_the_account_and_what_it_reported_stays_to_be_decided():
    audiobook = make_audiobook(duration_ms=600_000)
    user = make_life(audiobook)
    before = audiobook.rating.overall_5

    account_erase(user_id=due(user).pk, now=timezone.now())

    rating = Rating.objects.get()
    assert (before, rating.overall_5, rating.performance_sum, rating.story_sum) == (2, 1, 4, 3)
    theirs = Review.objects.get()
    assert (theirs.user.username, theirs.helpful_count, theirs.open_reports) == ("other.reader", 0, 1)
    assert list(theirs.reports.values_list("reporter", "note", "reason")) == [(None, "", "spam")]
    assert list(theirs.decisions.values_list("moderator", "action")) == [(None, "dismiss")]


def test_another_account_keeps_every_row(bo):
    audiobook = make_audiobook(duration_ms=600_000)
    bo_sees = sign_in(bo)
    bo_sees.put(f"/api/v1/me/library/{audiobook.pk}/", {"state": "wishlist"}, format="json")
    before = [(one.name, count) for one, count in holdings_of(bo)]
    user = make_life(audiobook)

    account_erase(user_id=due(user).pk, now=timezone.now())

    assert [(one.name, count) for one, count in holdings_of(bo)] == before
    assert any(count for name, count in before if name == "library/libraryentry")


def test_who_is_not_due_is_not_deleted(bo, cy):
    User.objects.filter(pk=cy.pk).update(deletion_due_at=timezone.now() + timedelta(seconds=5))

    tick(tasks.delete_accounts_due)

    assert User.objects.count() == 2
    assert not account_erase(user_id=bo.pk, now=timezone.now())


def test_the_schedule_deletes_who_is_due_and_a_second_run_finds_nobody(bo, cy):
    due(bo)

    tick(tasks.delete_accounts_due)
    tick(tasks.delete_accounts_due)

    assert list(User.objects.values_list("username", flat=True)) == ["cy"]


def test_where_something_is_left_nothing_is_deleted_and_the_next_account_is(bo, monkeypatch):
    user = make_life()
    due(user, ago=timedelta(days=1))
    due(bo)
    held, nobodys = holdings.declared()
    left = SimpleNamespace(stays=None, forget=None, whose="user", name="a/forgotten", of=still_there)
    monkeypatch.setattr("audiobooks.rights.services.erasure.declared", lambda: ([*held, left], nobodys))
    events = PositionEvent.objects.count()

    with pytest.raises(NotErased, match="a/forgotten"):
        deletions_carry_out(now=timezone.now())

    assert sorted(User.objects.values_list("username", flat=True)) == ["clerk", NAME, "other.reader"]
    assert PositionEvent.objects.count() == events > 0


def still_there(person):
    """Find a row for Mabel, and for her alone."""
    return User.objects.filter(username="clerk") if person.username == NAME else User.objects.none()


# --- afterwards -------------------------------------------------------------------------------------------------


def log_in(name: str):
    return APIClient().post("/api/v1/auth/token/", {"username": name, "password": PASSWORD}, format="json")


def test_signing_in_is_answered_as_for_an_account_that_never_was(bo):
    account_erase(user_id=due(bo).pk, now=timezone.now())

    answers = [log_in(name) for name in ("bo", "bo@example.org", "nobody")]

    assert {answer.status_code for answer in answers} == {401}
    assert len({(answer.json()["type"], answer.json()["detail"]) for answer in answers}) == 1


def test_name_and_address_are_free_again(bo):
    account_erase(user_id=due(bo).pk, now=timezone.now())

    assert make_user("bo").email == "bo@example.org"


@pytest.mark.django_db(transaction=True)  # for what PostgreSQL finds at the commit
def test_an_access_token_that_outlives_its_account_opens_nothing_and_breaks_nothing(settings):
    settings.BOOK_API_URL = "http://127.0.0.1:9"  # where look-ups are promised; no worker asks here
    scene = make_scene()
    for user in scene.users.values():
        assert account_erase(user_id=due(user).pk, now=timezone.now())
    values = {name: values for name, values in scene.values.items() if name != "password"}
    codes = {}

    for name, operation in OPERATIONS.items():
        ids = scene.ids_in(operation.path) if "{id}" in operation.path else [""]
        body = with_what_exists(operation.example, values)
        for role in ("owner", "curator", "staff"):
            limits.NAMESPACE = uuid4().hex
            codes[name, role] = ask(operation, scene, role, ids[0], body=body).status_code

    assert {key: code for key, code in codes.items() if code >= 500} == {}
    gone = (
        "me",
        "export_begin",
        "deletion",
        "follows_create",
        "bookmarks_put",
        "entries_put",
        "reviews_create",
    )
    assert {codes[name, "owner"] for name in gone} == {404}
    assert codes["lookups_create", "curator"] == 404
    assert not [
        one.name
        for one, count in holdings_of(scene.users["owner"])
        if count and one.model is not IdempotencyRecord
    ]


def test_signed_addresses_of_a_deleted_account_stop(bo, client, settings):
    settings.ROOT_URLCONF = "config.urls_media"
    now = timezone.now()
    scene = make_scene()
    owner = scene.users["owner"]
    file, rendition = scene.restricted.source_files.get(), scene.restricted.renditions.get(kind="m4b")
    stream = scene.restricted.renditions.get(kind="hls")
    urls = [
        addresses.audio_address(file.pk, user_id=owner.pk, now=now).url,
        addresses.signed_address(addresses.rendition_path(rendition.pk), user_id=owner.pk, now=now).url,
        addresses.stream_address(stream.pk, "index.m3u8", user_id=owner.pk, now=now).url,
        addresses.signed_address(f"media/exports/{scene.export.pk}.zip", user_id=owner.pk, now=now).url,
    ]
    paths = ["/" + url.split("/", 3)[3] for url in urls]
    before = [client.get(path).status_code for path in paths]

    account_erase(user_id=due(owner).pk, now=timezone.now())

    answers = [client.get(path) for path in paths]
    assert 403 not in before
    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.json()["type"].rpartition("#")[2] for answer in answers} == {"account-inactive"}


def test_promised_letters_to_a_deleted_account_are_not_sent(bo, mailoutbox):
    with transaction.atomic():
        APIClient().post("/api/v1/auth/password/reset/", {"email": bo.email}, format="json")
    assert OutboxRow.objects.count() == 1

    account_erase(user_id=due(bo).pk, now=timezone.now())
    keep_promises()

    assert (mailoutbox, OutboxRow.objects.count(), Session.objects.count()) == ([], 0, 0)


def test_the_admins_log_forgets_them_and_nobody_else():
    emma, clerk = make_user("emma"), make_user("clerk", role="staff")
    grants = [
        grant_give(user_id=user.pk, audiobook_id=make_audiobook("Emma").pk)
        for user in (emma, make_user("cy"))
    ]
    tables = ContentType.objects.get_for_models(Grant, Audiobook, User)
    for model, key, name in (
        (Grant, grants[0].pk, "an old name may hear Emma"),
        (Grant, 999, "emma may hear Emma"),
        (User, emma.pk, "emma"),
        (Grant, grants[1].pk, "cy may hear Emma"),
        (Audiobook, grants[1].audiobook_id, "emma"),
    ):
        LogEntry.objects.create(
            user=clerk, content_type=tables[model], object_id=str(key), object_repr=name, action_flag=CHANGE
        )

    account_erase(user_id=due(emma).pk, now=timezone.now())

    assert list(LogEntry.objects.order_by("pk").values_list("object_repr", flat=True)) == [
        "cy may hear Emma",
        "emma",
    ]


def test_logs_say_that_an_account_was_deleted_and_not_whose(bo, caplog):
    caplog.set_level("INFO")

    account_erase(user_id=due(bo).pk, now=timezone.now())

    assert caplog.messages == ["An account was deleted, as its owner asked."]
