"""Users in the admin: who may give what to whom, and the limits of its log-in."""

import pytest
from cast import PASSWORD, make_user
from django.contrib.auth.models import Permission
from django.test import Client

from audiobooks.accounts import limits
from audiobooks.accounts.models import Session, User

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


@pytest.fixture
def clerk() -> User:
    """A member of staff who looks after users and is no superuser."""
    clerk = make_user("clerk", role="staff")
    permissions = Permission.objects.filter(content_type__app_label="accounts")
    clerk.user_permissions.set(permissions)
    return clerk


@pytest.fixture
def root() -> User:
    return make_user("root", role="staff", is_superuser=True)


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def form(user: User, **but: str) -> dict[str, str]:
    fields = {"username": user.username, "email": user.email, "role": user.role, "is_active": "on"}
    management = {f"sessions-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    return {name: value for name, value in (fields | management | but).items() if value}


def stored(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_staff_change_roles(clerk, bo):
    answer = browser_of(clerk).post(f"{USERS}{bo.pk}/change/", form(bo, role="curator"))

    assert (answer.status_code, stored(bo).role) == (302, "curator")


@pytest.mark.parametrize("whom", ["themselves", "another"])
def test_staff_who_are_no_superusers_make_none(clerk, bo, whom):
    user = clerk if whom == "themselves" else bo
    everything = [str(permission.pk) for permission in Permission.objects.all()]
    powers = {"is_superuser": "on", "user_permissions": everything, "groups": []}
    before = set(user.user_permissions.all())

    answer = browser_of(clerk).post(f"{USERS}{user.pk}/change/", form(user) | powers)

    assert (answer.status_code, stored(user).is_superuser) == (302, False)
    assert set(stored(user).user_permissions.all()) == before


def test_superusers_make_superusers(root, bo):
    browser_of(root).post(f"{USERS}{bo.pk}/change/", form(bo, is_superuser="on"))

    assert stored(bo).is_superuser


@pytest.mark.parametrize("path", ["change/", "password/", "delete/"])
def test_staff_who_are_no_superusers_do_not_touch_one(clerk, root, path):
    fields = {"password1": "mine now by the sea", "password2": "mine now by the sea", "post": "yes"}

    answer = browser_of(clerk).post(
        f"{USERS}{root.pk}/{path}", form(root, email="clerk@example.net") | fields
    )

    assert answer.status_code == 403
    assert (stored(root).email, stored(root).check_password(PASSWORD)) == ("root@example.org", True)


@pytest.mark.parametrize("role", ["listener", "curator"])
def test_nobody_else_gets_in(role, bo):
    browser = browser_of(make_user("nosy", role=role))

    assert browser.get(USERS).status_code == 302
    assert browser.post(f"{USERS}{bo.pk}/change/", form(bo, role="staff")).status_code == 302
    assert stored(bo).role == "listener"


def test_closing_an_account_ends_its_sessions_for_good(root, bo, tokens_of, post):
    tokens = tokens_of("bo")

    browser_of(root).post(f"{USERS}{bo.pk}/change/", form(bo, is_active=""))
    closed = Session.objects.count()
    browser_of(root).post(f"{USERS}{bo.pk}/change/", form(bo))

    assert (closed, stored(bo).is_active) == (0, True)
    assert post("token/refresh/", {"refresh_token": tokens["refresh_token"]}).status_code == 401


def test_a_password_set_by_staff_ends_the_sessions(root, bo, tokens_of, post):
    tokens = tokens_of("bo")
    password = "given by staff, by the sea"

    answer = browser_of(root).post(
        f"{USERS}{bo.pk}/password/", {"usable_password": "true", "password1": password, "password2": password}
    )

    assert (answer.status_code, stored(bo).check_password(password)) == (302, True)
    assert post("token/refresh/", {"refresh_token": tokens["refresh_token"]}).status_code == 401


def test_staff_add_users_whose_addresses_have_one_spelling(root):
    fields = {"username": "dee", "email": "dee@Bücher.example", "role": "listener"}
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    answer = browser_of(root).post(f"{USERS}add/", form(root) | fields | passwords)

    assert answer.status_code == 302
    assert User.objects.get(username="dee").email == "dee@xn--bcher-kva.example"


def test_sessions_are_shown_and_ended_but_not_made(root, bo, tokens_of):
    tokens_of("bo", HTTP_USER_AGENT="<b>Bo's phone</b>")
    session = Session.objects.get()
    page = browser_of(root).get(f"{USERS}{bo.pk}/change/").content.decode()
    rows = {"sessions-TOTAL_FORMS": "1", "sessions-INITIAL_FORMS": "1", "sessions-0-id": str(session.pk),
            "sessions-0-user": str(bo.pk), "sessions-0-DELETE": "on"}  # fmt: skip

    browser_of(root).post(f"{USERS}{bo.pk}/change/", form(bo) | rows)

    assert "&lt;b&gt;Bo&#x27;s phone&lt;/b&gt;" in page
    assert session.secret_digest not in page
    assert Session.objects.count() == 0


def test_the_admins_log_in_shares_the_limits_of_the_apis(root, anybody, client):
    for _ in range(10):
        anybody.post("/api/v1/auth/token/", {"username": "root", "password": "guess"}, format="json")
        client.post("/admin/login/", {"username": "root", "password": "guess"})

    page = client.post("/admin/login/", {"username": "root", "password": PASSWORD})

    assert page.status_code == 200  # the form again
    assert "Too many tries: wait a little." in page.content.decode()


def test_the_admins_log_in_is_closed_while_nobody_counts(root, client, monkeypatch):
    monkeypatch.setattr(limits, "VALKEY", limits.valkey_at("redis://127.0.0.1:1/0"))

    page = client.post("/admin/login/", {"username": "root", "password": PASSWORD})

    assert page.status_code == 200  # the form again
    assert "Tries cannot be counted just now" in page.content.decode()


def test_the_admins_log_in_opens_it(root, client):
    answer = client.post("/admin/login/?next=/admin/", {"username": "ROOT@example.org", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
