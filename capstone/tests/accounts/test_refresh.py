"""Refresh tokens: exchanged once, ended by a second use, void with the password they were issued under."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier

import pytest
from cast import PASSWORD, make_user, sign_in
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from audiobooks.accounts import services
from audiobooks.accounts.devices import Device
from audiobooks.accounts.models import Session, User
from audiobooks.accounts.refresh_tokens import RefreshToken, refresh_token_from

pytestmark = pytest.mark.django_db
REFRESH, ME = "/api/v1/auth/token/refresh/", "/api/v1/me/"
DEVICE = Device("Test", None)


def refresh(text: str, **headers: str):
    return APIClient().post(REFRESH, {"refresh_token": text}, format="json", **headers)


def log_in_at(now) -> services.SessionTokens:
    return services.user_log_in(username="bo", password=PASSWORD, device=DEVICE, now=now)


def refresh_at(now, tokens: services.SessionTokens) -> services.SessionTokens:
    return services.session_refresh(refresh_token=tokens.refresh_token, device=DEVICE, now=now)


def test_a_refresh_token_is_exchanged_for_the_next(bo, tokens_of, with_token):
    first = tokens_of("bo")

    second = refresh(first["refresh_token"])
    third = refresh(second.json()["refresh_token"])

    assert (second.status_code, third.status_code, Session.objects.count()) == (200, 200, 1)
    assert len({first["refresh_token"], second.json()["refresh_token"], third.json()["refresh_token"]}) == 3
    assert with_token(third.json()["access_token"]).get(ME).json()["username"] == "bo"
    assert third["Cache-Control"] == "no-store"


def test_a_refresh_costs_one_look_up_and_one_update(bo, tokens_of, django_assert_num_queries):
    token = tokens_of("bo")["refresh_token"]

    with django_assert_num_queries(4) as queries:  # the two, and the savepoint around them
        refresh(token)

    kinds = [query["sql"].split()[0] for query in queries.captured_queries]
    assert kinds == ["SAVEPOINT", "SELECT", "UPDATE", "RELEASE"]


def test_a_stolen_token_ends_the_session_for_thief_and_owner(bo, tokens_of, slug, caplog):
    stolen = tokens_of("bo")["refresh_token"]
    owner = refresh(stolen).json()
    elsewhere = tokens_of("bo")

    thief = refresh(stolen, REMOTE_ADDR="203.0.113.9")

    assert (thief.status_code, slug(thief)) == (401, "refresh-token-reused")
    assert thief["WWW-Authenticate"].startswith("Bearer")
    after = refresh(owner["refresh_token"])
    assert (after.status_code, slug(after)) == (401, "refresh-token-refused")
    assert refresh(elsewhere["refresh_token"]).status_code == 200  # another session is no part of it
    told = [record.getMessage() for record in caplog.records if record.name.startswith("audiobooks.accounts")]
    assert len(told) == 1
    assert str(bo.id) in told[0]
    assert "203.0.113.9" in told[0]


def test_a_thief_who_is_first_is_found_when_the_owner_refreshes(bo, tokens_of, slug):
    stolen = tokens_of("bo")["refresh_token"]
    thief = refresh(stolen).json()

    owner = refresh(stolen)

    assert slug(owner) == "refresh-token-reused"
    assert refresh(thief["refresh_token"]).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_eight_simultaneous_uses_one_gets_tokens_and_the_session_ends(tokens_of):
    make_user("bo")
    token = tokens_of("bo")["refresh_token"]
    start = Barrier(8)

    def use(_number: int):
        try:
            start.wait()
            return refresh(token)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    kinds = sorted(a.json()["type"].rpartition("#")[2] for a in answers if a.status_code == 401)
    assert kinds == ["refresh-token-refused"] * 6 + ["refresh-token-reused"]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert refresh(winner.json()["refresh_token"]).status_code == 401
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("uses", "is_open"),
    [([29], True), ([30], False), ([20, 40, 60, 80, 89], True), ([20, 40, 60, 80, 90], False)],
)
def test_a_session_ends_after_30_idle_days_and_after_90_in_all(bo, uses, is_open):
    began = timezone.now()
    tokens = log_in_at(began)
    for day in uses[:-1]:
        tokens = refresh_at(began + timedelta(days=day), tokens)

    with nullcontext() if is_open else pytest.raises(services.RefreshRefused, match="continues no session"):
        refresh_at(began + timedelta(days=uses[-1]), tokens)

    assert Session.objects.count() == int(is_open)


def test_the_answer_says_when_the_session_ends(bo):
    now = timezone.now()

    tokens = log_in_at(now)
    late = refresh_at(now + timedelta(days=29), tokens)

    assert tokens.session.expires_at == now + timedelta(days=30)
    assert late.session.expires_at == now + timedelta(days=59)


def test_a_role_given_meanwhile_is_in_the_next_access_token(bo, tokens_of, with_token):
    tokens = tokens_of("bo")
    User.objects.filter(pk=bo.pk).update(role="curator")

    renewed = refresh(tokens["refresh_token"]).json()

    assert with_token(renewed["access_token"]).get(ME).json()["role"] == "curator"


def close(user: User) -> None:
    user.is_active = False
    user.save()


def change_password_anywhere(user: User) -> None:
    user.set_password("anywhere: a shell, the admin, a command")
    user.save()


@pytest.mark.parametrize("deed", [close, change_password_anywhere, User.delete])
def test_no_session_outlives_its_account_or_its_password(bo, tokens_of, slug, deed):
    tokens = tokens_of("bo")

    deed(bo)

    answer = refresh(tokens["refresh_token"])
    assert (answer.status_code, slug(answer)) == (401, "refresh-token-refused")
    assert Session.objects.count() == 0


def test_access_and_refresh_tokens_do_not_stand_in_for_each_other(bo, tokens_of, with_token, slug):
    tokens = tokens_of("bo")

    as_refresh = refresh(tokens["access_token"])
    as_access = with_token(tokens["refresh_token"]).get(ME)

    assert (as_refresh.status_code, slug(as_refresh)) == (401, "refresh-token-refused")
    assert (as_access.status_code, slug(as_access)) == (401, "authentication-failed")
    assert refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["rubbish", "nexus_refresh", "nexus_refresh..", "nexus_refresh.a.b", "other.a.b", RefreshToken().text],
)
def test_what_was_never_issued_is_refused(db, slug, text):
    answer = refresh(text)

    assert (answer.status_code, slug(answer)) == (401, "refresh-token-refused")


@pytest.mark.parametrize("where", ["query", "header", "cookie"])
def test_a_refresh_token_counts_in_the_body_alone(bo, tokens_of, anybody, where):
    token = tokens_of("bo")["refresh_token"]
    if where == "cookie":
        anybody.cookies["refresh_token"] = token
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if where == "header" else {}
    path = f"{REFRESH}?refresh_token={token}" if where == "query" else REFRESH

    answer = anybody.post(path, {}, format="json", **headers)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/refresh_token"


def test_a_reader_of_the_database_finds_no_token(bo, tokens_of):
    token = refresh_token_from(tokens_of("bo")["refresh_token"])

    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM accounts_session s")
        stored = cursor.fetchone()[0]

    assert token is not None
    assert token.family not in stored
    assert token.secret not in stored
    assert token.secret not in repr(token)


def test_refreshing_is_limited_per_address(db):
    tries = [refresh("rubbish") for _ in range(61)]

    assert [answer.status_code for answer in tries] == [401] * 60 + [429]


def test_an_access_token_of_scripts_has_no_session(bo):
    assert sign_in(bo).get("/api/v1/auth/sessions/").json()["results"] == []
