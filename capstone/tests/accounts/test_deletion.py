"""Asking for one's account to be deleted: proved by the password, told by a letter, undone by signing in."""

import re
from datetime import timedelta

import pytest
from cast import PASSWORD, make_user, sign_in
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.utils import timezone

from audiobooks.accounts.models import Session, User

pytestmark = pytest.mark.django_db
DELETION = "/api/v1/me/deletion/"


def due(user: User):
    return User.objects.get(pk=user.pk).deletion_due_at


@pytest.fixture
def request_it(bo):
    def ask(password: str = PASSWORD):
        return sign_in(bo).post(DELETION, {"password": password}, format="json")

    return ask


@pytest.fixture
def letter(post):
    """Return a function that has promises kept, and returns the newest letter."""

    def newest():
        post("logout/", {"refresh_token": "nobody's"})
        return mail.outbox[-1]

    return newest


def test_it_is_due_in_14_days_every_session_ends_and_a_letter_tells_the_date(
    bo, request_it, tokens_of, letter
):
    tokens_of("bo")
    before = timezone.now()

    answer = request_it()

    date = due(bo)
    assert (answer.status_code, answer.json()["due_at"]) == (202, date.isoformat().replace("+00:00", "Z"))
    assert timedelta(0) <= date - before - timedelta(days=14) < timedelta(minutes=1)
    assert (Session.objects.count(), User.objects.get().is_active) == (0, True)
    assert sign_in(bo).get(DELETION).json() == answer.json()
    sent = letter()
    assert (sent.subject, sent.to) == ("Your account will be deleted", ["bo@example.org"])
    assert f"on {date:%-d %B %Y, %H:%M} UTC" in sent.body


def test_without_the_password_nothing_happens(bo, request_it):
    answers = [request_it("a wrong one"), request_it(""), sign_in(bo).post(DELETION, {}, format="json")]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert answers[0].json()["errors"][0]["pointer"] == "#/password"
    assert due(bo) is None


def test_asked_again_the_first_date_holds_and_no_second_letter_goes(bo, request_it, letter):
    request_it()
    first = due(bo)

    request_it()

    assert due(bo) == first
    letter()
    assert len(mail.outbox) == 1


def test_who_signs_in_keeps_the_account_and_is_told(bo, request_it, tokens_of):
    request_it()

    tokens_of("bo")

    assert due(bo) is None
    assert mail.outbox[-1].subject == "Your account stays"


def test_a_wrong_password_keeps_nothing(bo, request_it, post):
    request_it()

    assert post("token/", {"username": "bo", "password": "a wrong one"}).status_code == 401
    assert due(bo) is not None


def test_the_letters_code_keeps_the_account_once(bo, request_it, letter, post, slug):
    request_it()
    code = re.findall(r"^[\w-]{40,}:[\w-]{40,}$", letter().body, re.MULTILINE)[0]

    kept = post("deletion/cancel/", {"token": code})
    afterwards = due(bo)
    request_it()
    again = post("deletion/cancel/", {"token": code})

    assert (kept.status_code, afterwards) == (204, None)
    assert (again.status_code, slug(again)) == (400, "mail-token-refused")
    assert due(bo) is not None
    assert Session.objects.count() == 0


def test_a_code_for_something_else_keeps_nothing(bo, request_it, post, mailed_token):
    request_it()
    post("password/reset/", {"email": "bo@example.org"})

    assert post("deletion/cancel/", {"token": mailed_token()}).status_code == 400
    assert due(bo) is not None


def test_who_is_still_signed_in_withdraws_it(bo, request_it):
    request_it()

    answers = [sign_in(bo).delete(DELETION) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert sign_in(bo).get(DELETION).json() == {"due_at": None}


def test_without_a_mail_server_the_right_is_the_same(bo, request_it, settings, tokens_of):
    settings.EMAIL_HOST = ""

    answer = request_it()

    assert (answer.status_code, due(bo) is None) == (202, False)
    assert tokens_of("bo")["expires_in"] == 900


def test_guessing_the_password_is_limited(request_it):
    assert [request_it("a wrong one").status_code for _ in range(11)] == [400] * 10 + [429]


def test_an_account_that_is_gone_meanwhile_is_a_404(bo, request_it):
    client = sign_in(bo)
    bo.delete()

    answers = [
        client.get(DELETION),
        client.post(DELETION, {"password": "x"}, format="json"),
        client.delete(DELETION),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


# --- staff --------------------------------------------------------------------------------------------------------


def test_staff_have_accounts_deleted_by_the_schedule_and_by_nothing_else(bo):
    root = make_user("root", role="staff", is_superuser=True)
    browser = Client()
    browser.force_login(root)
    users = "/admin/accounts/user/"

    at_once = browser.post(f"{users}{bo.pk}/delete/", {"post": "yes"})
    answer = browser.post(users, {"action": "delete_within_the_hour", "_selected_action": [bo.pk]})

    gone = User.objects.get(pk=bo.pk)
    assert (at_once.status_code, answer.status_code) == (403, 302)
    assert (gone.is_active, gone.deletion_due_at <= timezone.now()) == (False, True)


def test_who_signs_in_to_the_admin_keeps_the_account(db):
    clerk = make_user("clerk", role="staff")
    sign_in(clerk).post(DELETION, {"password": PASSWORD}, format="json")
    asked = due(clerk)

    answer = Client().post("/admin/login/", {"username": "clerk", "password": PASSWORD})

    assert (answer.status_code, asked is None, due(clerk)) == (302, False, None)


def test_staff_who_are_no_superusers_delete_no_superuser(bo):
    root, clerk = make_user("root", role="staff", is_superuser=True), make_user("clerk", role="staff")
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    browser = Client()
    browser.force_login(clerk)

    browser.post(
        "/admin/accounts/user/",
        {"action": "delete_within_the_hour", "_selected_action": [root.pk, bo.pk]},
    )

    assert (due(root), due(bo) is None) == (None, False)
