"""The sessions list: one's own devices, and the means to sign them out."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cast import sign_in, tick
from django.utils import timezone

from audiobooks.accounts import services, tasks
from audiobooks.accounts.devices import device_from
from audiobooks.accounts.models import Registration, Session
from lab_rest.models import IdempotencyRecord

pytestmark = pytest.mark.django_db
SESSIONS, REFRESH = "/api/v1/auth/sessions/", "token/refresh/"


def session_of(client) -> str:
    return next(session["id"] for session in client.get(SESSIONS).json()["results"] if session["is_current"])


def test_the_list_shows_ones_own_devices_and_marks_this_one(bo, cy, tokens_of, with_token):
    tokens_of("cy", HTTP_USER_AGENT="Cy's phone")
    tokens_of("bo", HTTP_USER_AGENT="Bo's phone", REMOTE_ADDR="2001:db8::1")
    tokens = tokens_of("bo", HTTP_USER_AGENT="Bo's laptop", REMOTE_ADDR="203.0.113.5")

    page = with_token(tokens["access_token"]).get(SESSIONS)

    shown = [(s["device"], s["address"], s["is_current"]) for s in page.json()["results"]]
    assert shown == [("Bo's laptop", "203.0.113.5", True), ("Bo's phone", "2001:db8::1", False)]
    assert set(page.json()["results"][0]) == {
        "id", "device", "address", "created_at", "last_used_at", "expires_at", "is_current"
    }  # fmt: skip
    assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_of_sessions_costs_one_query(bo, tokens_of, with_token, django_assert_num_queries, number):
    now = timezone.now()
    for place in range(number - 1):
        services.sessions.session_begin(user=bo, device=device_from(f"Device {place}", None), now=now)
    client = with_token(tokens_of("bo")["access_token"])

    with django_assert_num_queries(1):
        page = client.get(SESSIONS)

    assert len(page.json()["results"]) == min(number, 25)
    assert (page.json()["next"] is None) == (number == 1)


def test_the_last_use_moves_a_session_to_the_top(bo, tokens_of, with_token, post):
    first = tokens_of("bo", HTTP_USER_AGENT="first")
    second = tokens_of("bo", HTTP_USER_AGENT="second")
    post(REFRESH, {"refresh_token": first["refresh_token"]}, REMOTE_ADDR="203.0.113.7")

    results = with_token(second["access_token"]).get(SESSIONS).json()["results"]

    assert [(s["device"], s["address"]) for s in results] == [
        ("first", "203.0.113.7"),
        ("second", "127.0.0.1"),
    ]


def test_sessions_that_are_over_are_not_listed(bo, tokens_of, with_token):
    tokens = tokens_of("bo", HTTP_USER_AGENT="now")
    for device, created, used in (("idle", 31, 31), ("old", 91, 1)):
        tokens_of("bo", HTTP_USER_AGENT=device)
        now = timezone.now()
        Session.objects.filter(device=device).update(
            created_at=now - timedelta(days=created), last_used_at=now - timedelta(days=used)
        )
    Session.objects.create(
        user=bo, family_digest="x", secret_digest="x", password_version=0, device="before the password",
        created_at=timezone.now(), last_used_at=timezone.now(),
    )  # fmt: skip

    results = with_token(tokens["access_token"]).get(SESSIONS).json()["results"]

    assert [session["device"] for session in results] == ["now"]


def test_ending_one_session_signs_that_device_out(bo, tokens_of, with_token, post):
    lost, kept = tokens_of("bo"), tokens_of("bo")
    lost_id = session_of(with_token(lost["access_token"]))

    answer = with_token(kept["access_token"]).delete(f"{SESSIONS}{lost_id}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert post(REFRESH, {"refresh_token": lost["refresh_token"]}).status_code == 401
    assert post(REFRESH, {"refresh_token": kept["refresh_token"]}).status_code == 200


def test_somebody_elses_session_does_not_exist(bo, cy, tokens_of, with_token, post, slug):
    cys = tokens_of("cy")
    cys_id = session_of(with_token(cys["access_token"]))
    bo_client = with_token(tokens_of("bo")["access_token"])

    answers = [bo_client.delete(f"{SESSIONS}{session_id}/") for session_id in (cys_id, uuid4())]

    assert [(answer.status_code, slug(answer)) for answer in answers] == [(404, "session-unknown")] * 2
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert post(REFRESH, {"refresh_token": cys["refresh_token"]}).status_code == 200


def test_ending_all_others_keeps_this_one_and_other_peoples(bo, cy, tokens_of, with_token, post):
    here, there, cys = tokens_of("bo"), tokens_of("bo"), tokens_of("cy")

    answer = with_token(here["access_token"]).delete(SESSIONS)

    assert answer.status_code == 204
    statuses = [post(REFRESH, {"refresh_token": t["refresh_token"]}).status_code for t in (here, there, cys)]
    assert statuses == [200, 401, 200]


def test_from_outside_any_session_all_of_them_end(bo, tokens_of):
    tokens_of("bo")

    sign_in(bo).delete(SESSIONS)

    assert Session.objects.count() == 0


def test_logging_out_ends_the_session_even_with_an_older_token(bo, tokens_of, post):
    first = tokens_of("bo")
    second = post(REFRESH, {"refresh_token": first["refresh_token"]}).json()

    answer = post("logout/", {"refresh_token": first["refresh_token"]})

    assert answer.status_code == 204
    assert post(REFRESH, {"refresh_token": second["refresh_token"]}).status_code == 401


@pytest.mark.parametrize("text", ["rubbish", "nexus_refresh.a.b"])
def test_logging_out_of_nothing_is_no_error(db, post, text):
    assert post("logout/", {"refresh_token": text}).status_code == 204


@pytest.mark.parametrize("method", ["get", "put", "patch", "head"])
def test_nothing_but_post_logs_out(bo, tokens_of, anybody, method):
    token = tokens_of("bo")["refresh_token"]

    answer = getattr(anybody, method)("/api/v1/auth/logout/", {"refresh_token": token})

    assert (answer.status_code, Session.objects.count()) == (405, 1)


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        ("", "Unknown device"),
        ("  Nexus/1.0\t(Android)  ", "Nexus/1.0 (Android)"),
        ("a\r\nb\x00c\x1b[31m\u202ed", "a b c [31m d"),
        ("x" * 500, "x" * 120),
        ("<script>", "<script>"),  # JSON; the admin escapes it
    ],
)
def test_a_device_name_is_printable_and_short(user_agent, shown):
    assert device_from(user_agent, None).name == shown


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("rubbish", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_one_or_none(address, kept):
    assert device_from("", address).address == kept


@pytest.mark.parametrize(("proxies", "kept"), [(0, "127.0.0.1"), (1, "198.51.100.2"), (2, "203.0.113.9")])
def test_a_forwarded_address_counts_as_far_as_our_own_proxies_wrote_it(
    bo, tokens_of, monkeypatch, proxies, kept
):
    from rest_framework.settings import api_settings  # noqa: PLC0415 -- read when it is used

    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)

    tokens_of("bo", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9, 198.51.100.2")

    assert Session.objects.get().address == kept


def test_what_is_over_is_deleted_every_hour_and_what_is_not_stays(bo, tokens_of):
    now = timezone.now()
    for device, created, used in (("idle", 30, 30), ("old", 90, 1), ("open", 89, 29)):
        tokens_of("bo", HTTP_USER_AGENT=device)
        Session.objects.filter(device=device).update(
            created_at=now - timedelta(days=created), last_used_at=now - timedelta(days=used)
        )
    for username, hours in (("late", 24), ("waiting", 23)):
        Registration.objects.create(
            username=username, email="w@example.org", password="", created_at=now - timedelta(hours=hours)
        )

    tick(tasks.delete_expired, some_later_id="1")
    tick(tasks.delete_expired)

    assert [session.device for session in Session.objects.all()] == ["open"]
    assert [registration.username for registration in Registration.objects.all()] == ["waiting"]


def test_answers_to_idempotency_keys_are_forgotten_after_a_day():
    for hours in (23, 25):
        IdempotencyRecord.objects.create(
            caller="bo",
            route="people",
            key=str(hours),
            fingerprint=b"",
            status=201,
            headers={},
            body=b"",
            created_at=timezone.now() - timedelta(hours=hours),
        )

    tick(tasks.prune_idempotency_keys, some_later_id="1")

    assert [record.key for record in IdempotencyRecord.objects.all()] == ["23"]
