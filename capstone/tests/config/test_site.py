"""What is not the API: landing page, documentation, admin, health."""

import re

import pytest
from cast import PASSWORD, make_audiobook, make_user
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_landing_page_links_what_runs_and_shows_the_newest(client, django_assert_num_queries):
    make_audiobook("Newest")
    make_audiobook("Hidden", access="members")

    with django_assert_num_queries(4):
        page = client.get("/").content.decode()

    for address in (
        "/listen/",
        "/api/v1/audiobooks/",
        "/api/docs/",
        "/api/schema/",
        "/admin/",
        "/healthz/ready",
    ):
        assert f'href="{address}' in page
    assert "Newest" in page
    assert "Hidden" not in page


def test_an_empty_catalogue_says_how_to_fill_it(client):
    assert "manage seed_demo" in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/", "/listen/", "/api/docs/", "/admin/login/"])
def test_pages_load_nothing_from_elsewhere_and_run_no_inline_script(client, path):
    answer = client.get(path)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)[^"]*', page) == []


def test_static_files_of_admin_and_swagger_ui_are_served(client):
    for path in ("/", "/listen/", "/api/docs/", "/admin/login/"):
        page = client.get(path).content.decode()
        for static in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            answer = client.get(static)
            assert (static, answer.status_code) == (static, 200)
            answer.close()


def test_every_table_of_the_catalogue_opens_in_the_admin(client):
    make_audiobook()
    staff = make_user("staff", role="staff", is_superuser=True)
    client.force_login(staff)

    for name in ("catalog/audiobook", "catalog/book", "catalog/person", "catalog/genre", "catalog/series",
                 "catalog/publisher", "accounts/user", "library/grant", "media/sourcefile"):  # fmt: skip
        assert client.get(f"/admin/{name}/").status_code == 200
    assert client.get("/admin/catalog/audiobook/add/").status_code == 200


@pytest.mark.parametrize("role", ["listener", "curator"])
def test_the_admin_is_for_staff(client, role):
    client.force_login(make_user("nosy", role=role))

    assert client.get("/admin/").status_code == 302


def test_the_admin_refuses_a_form_without_its_csrf_token():
    make_user("staff", role="staff")
    answer = Client(enforce_csrf_checks=True).post(
        "/admin/login/", {"username": "staff", "password": PASSWORD}
    )

    assert answer.status_code == 403


def test_live_needs_nothing_and_ready_needs_every_service(client, settings, monkeypatch):
    assert client.get("/healthz/live").json() == {"status": "ok"}
    assert client.get("/healthz/ready").json() == {
        "status": "ok",
        "checks": {"postgres": "ok", "valkey": "ok", "broker": "ok"},
    }

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/healthz/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["valkey"] == "failing"
    assert "127.0.0.1:1" not in answer.content.decode()


def test_health_is_read_only_and_never_cached(client):
    assert client.post("/healthz/live").status_code == 405
    assert "no-store" in client.get("/healthz/live")["Cache-Control"]
