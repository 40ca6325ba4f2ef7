"""Sessions of web pages: the refresh token in a cookie, for pages of this site alone, apart from the other routes."""

import pytest
from cast import PASSWORD
from rest_framework.test import APIClient

from audiobooks.accounts.models import Session
from audiobooks.accounts.rest.browser import COOKIE, PATH

pytestmark = pytest.mark.django_db
LOG_IN, REFRESH, LOG_OUT = (f"{PATH}{name}" for name in ("token/", "token/refresh/", "logout/"))
BODY_ROUTES = ("/api/v1/auth/token/refresh/", "/api/v1/auth/logout/")
OWN = {"Sec-Fetch-Site": "same-origin"}
BO = {"username": "bo", "password": PASSWORD}


@pytest.fixture
def browser(bo) -> APIClient:
    """A browser in which Bo has just logged in."""
    client = APIClient()
    assert client.post(LOG_IN, BO, format="json", headers=OWN).status_code == 200
    return client


def test_the_refresh_token_is_in_the_cookie_and_nowhere_else(bo):
    client = APIClient()

    answer = client.post(LOG_IN, BO, format="json", headers=OWN)

    token = client.cookies[COOKIE].value
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "refresh_expires_at"}
    assert token.startswith("nexus_refresh.")
    assert token not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("https", "secure"), [(True, True), (False, "")])
def test_no_script_reads_the_cookie_no_other_site_sends_it_and_it_goes_to_auth_alone(
    bo, settings, https, secure
):
    settings.BEHIND_HTTPS = https

    cookie = APIClient().post(LOG_IN, BO, format="json", headers=OWN).cookies[COOKIE]

    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Strict", secure)
    assert (cookie["path"], cookie["domain"]) == ("/api/v1/auth/browser/", "")
    assert cookie["max-age"] or cookie["expires"]


def test_each_refresh_brings_another_cookie_and_the_old_one_ends_the_session(browser, with_token, slug):
    first = browser.cookies[COOKIE].value

    answer = browser.post(REFRESH, headers=OWN)
    second = browser.cookies[COOKIE].value
    browser.cookies[COOKIE] = first
    reused = browser.post(REFRESH, headers=OWN)

    assert (answer.status_code, first == second, "refresh_token" in answer.json()) == (200, False, False)
    assert with_token(answer.json()["access_token"]).get("/api/v1/me/").json()["username"] == "bo"
    assert (reused.status_code, slug(reused), Session.objects.count()) == (401, "refresh-token-reused", 0)


def test_logging_out_ends_the_session_and_takes_the_cookie_away(browser, slug):
    old = browser.cookies[COOKIE].value

    answer = browser.post(LOG_OUT, headers=OWN)

    gone = browser.cookies[COOKIE]
    assert (answer.status_code, Session.objects.count()) == (204, 0)
    assert (gone.value, gone["max-age"], gone["path"]) == ("", 0, PATH)
    browser.cookies[COOKIE] = old
    assert slug(browser.post(REFRESH, headers=OWN)) == "refresh-token-refused"


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://testserver"},  # another scheme is another origin
    {"Origin": "http://testserver:81"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "null"},
    {"Referer": "http://testserver/"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", [LOG_IN, REFRESH, LOG_OUT])
def test_no_other_site_logs_in_refreshes_or_logs_out(browser, path, headers, slug):
    before = Session.objects.get()

    answer = browser.post(path, BO, format="json", headers=headers)

    session = Session.objects.get()
    assert (answer.status_code, slug(answer)) == (403, "cross-site")
    assert (session.pk, session.secret_digest) == (before.pk, before.secret_digest)
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize("headers", [OWN, {"Origin": "http://testserver"}], ids=str)
def test_own_pages_are_let_in_in_browsers_old_and_new(browser, headers):
    assert browser.post(REFRESH, headers=headers).status_code == 200


@pytest.mark.parametrize("path", BODY_ROUTES)
def test_the_routes_for_bodies_look_at_no_cookie(browser, path):
    browser.cookies[COOKIE]["path"] = "/"

    answer = browser.post(path, {}, format="json", headers=OWN)

    assert (answer.status_code, Session.objects.count()) == (400, 1)


def test_the_routes_for_cookies_look_at_no_body_and_no_header(bo, tokens_of, slug):
    tokens = tokens_of("bo")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    body = {"refresh_token": tokens["refresh_token"], COOKIE: tokens["refresh_token"]}

    refreshed = client.post(REFRESH, body, format="json", headers=OWN)
    logged_out = client.post(LOG_OUT, body, format="json", headers=OWN)

    assert (refreshed.status_code, slug(refreshed)) == (401, "refresh-token-refused")
    assert (logged_out.status_code, Session.objects.count()) == (204, 1)


def test_an_access_token_is_no_cookie_and_the_cookie_no_access_token(browser, with_token):
    cookie = browser.cookies[COOKIE].value
    access = browser.post(REFRESH, headers=OWN).json()["access_token"]
    impostor = APIClient()
    impostor.cookies[COOKIE] = access

    assert impostor.post(REFRESH, headers=OWN).status_code == 401
    assert with_token(cookie).get("/api/v1/me/").status_code == 401
    assert browser.get("/api/v1/me/", headers=OWN).status_code == 401  # the cookie alone is nobody


def test_the_cookie_stays_within_the_three_routes_that_read_it():
    assert PATH == "/api/v1/auth/browser/"
    assert all(path.startswith(PATH) for path in (LOG_IN, REFRESH, LOG_OUT))
