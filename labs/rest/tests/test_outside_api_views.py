"""Django's own errors: unknown addresses, plain views, CSRF, unknown hosts, and defects."""

import pytest
from django.core import exceptions as django
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.views import APIView

from lab_rest import problems

ERRORS = {
    "forbidden": django.PermissionDenied(),
    "suspicious": django.SuspiciousFileOperation("/etc/passwd is outside /srv/media"),
    "unreadable": django.BadRequest("The signature is cut short."),
    "defect": RuntimeError("password=hunter2"),
    "problem": problems.Problem(status=410, type="gone"),
    "text": ValueError("embedded null byte"),
}


def plain_page(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


class Raising(APIView):
    def get(self, request, name):
        raise ERRORS[name]


urlpatterns = [
    path("plain/<name>/", plain_page),
    path("raising/<name>/", Raising.as_view()),
    path("form/", lambda request: HttpResponse("stored")),
]
handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def bo() -> Client:
    return Client(raise_request_exception=False)


def test_an_address_that_does_not_exist_is_a_problem_that_tells_no_routes(bo):
    response = bo.get("/nowhere/")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["detail"] == "There is nothing at this address."
    assert b"raising" not in response.content


@pytest.mark.parametrize(
    ("path", "instance"),
    [
        ("/nowhere/?limit=9", "/nowhere/"),
        ("/nowhere/ü b<", "/nowhere/%C3%BC%20b%3C"),
        ("////evil.example/", "/%2Fevil.example/"),
    ],
)
def test_the_instance_is_the_escaped_path_alone(bo, path, instance):
    assert bo.get(path).json()["instance"] == instance


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("application/problem+json;q=0.5, text/html;q=0.4", "application/problem+json"),
    ],
)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nowhere/", 404),
        ("/plain/forbidden/", 403),
        ("/plain/suspicious/", 400),
        ("/plain/defect/", 500),
    ],
)
def test_outside_api_views_browsers_get_djangos_pages(bo, accept, content_type, address, status):
    response = bo.get(address, headers={"accept": accept})

    assert (response.status_code, response["Content-Type"]) == (status, content_type)
    assert response["Vary"] == "Accept"


@pytest.mark.parametrize("address", ["/raising/defect/", "/plain/defect/"])
def test_a_defect_tells_its_id_to_the_caller_and_its_cause_to_the_log_alone(bo, caplog, address):
    caplog.handler.addFilter(problems.RequestIdFilter())

    response = bo.get(address, headers={"x-request-id": "bo-7"})

    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert response.json()["detail"] == "Something failed on our side. Quote bo-7 when you report it."
    assert b"hunter2" not in response.content
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert (record.levelname, record.request_id) == ("ERROR", "bo-7")
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(
    ("address", "status", "slug"),
    [("/plain/problem/", 410, "gone"), ("/plain/text/?file=a%00b", 400, "unstorable-text")],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_what_a_plain_view_raises_is_no_defect_where_it_has_a_problem(bo, address, status, slug, accept):
    response = bo.get(address, headers={"accept": accept})

    assert (response.status_code, response.json()["type"]) == (status, f"/errors/#{slug}")


def test_a_host_we_do_not_serve_is_a_400(bo):
    response = bo.get("/nowhere", headers={"host": "evil.example"})

    assert (response.status_code, response.json()["type"]) == (400, "/errors/#unknown-host")


def test_a_form_without_its_csrf_token_is_refused(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.csrf.CsrfViewMiddleware"]
    bo = Client(enforce_csrf_checks=True)

    problem = bo.post("/form/")
    page = bo.post("/form/", headers={"accept": "text/html"})

    assert (problem.status_code, problem.json()["type"]) == (403, "/errors/#csrf-failed")
    assert (page.status_code, page["Content-Type"]) == (403, "text/html; charset=utf-8")
