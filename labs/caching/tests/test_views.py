"""A whole answer is shared with those who ask the same and are nobody in particular; who has it gets 304."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.utils import translation

from lab_caching import Policy, bump, cached_view, remembered_answer

POLICY = Policy(jitter=0, early=0)


@pytest.fixture
def ask(rf: RequestFactory):
    """Return a function that asks a view, and notes in ``ask.calls`` how often the view itself was called."""
    calls = []

    def make(answer=lambda request: HttpResponse("page"), **options):
        def view(request):
            calls.append(request)
            return answer(request)

        shared = cached_view("page", policy=POLICY, **options)(view)

        def ask_it(path="/", method="GET", cookies=None, **headers):
            request = rf.generic(method, path, headers=headers)
            request.COOKIES.update(cookies or {})
            return shared(request)

        ask_it.calls = calls
        return ask_it

    return make


def test_a_page_is_made_once_for_all_who_are_nobody_in_particular(ask):
    get = ask()
    answers = [get() for _ in range(3)]

    assert [answer.content for answer in answers] == [b"page"] * 3
    assert len({answer["ETag"] for answer in answers}) == 1
    assert len(get.calls) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"path": "/a"}, {"path": "/b"}),
        ({"path": "/?page=1"}, {"path": "/?page=2"}),
        ({"host": "a.example"}, {"host": "b.example"}),
        ({"accept-language": "en"}, {"accept-language": "de"}),
        ({"accept": "text/html"}, {"accept": "application/json"}),
    ],
)
def test_what_differs_in_what_an_answer_depends_on_is_not_shared(ask, settings, first, second):
    settings.ALLOWED_HOSTS = ["*"]
    get = ask(vary=["Accept", "Accept-Language"])
    for asked in (first, second):
        get(**asked)

    assert len(get.calls) == 2


def test_the_active_language_tells_answers_apart(ask):
    get = ask(lambda request: HttpResponse(translation.get_language()))
    seen = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            seen.append(get().content)

    assert seen == [b"en", b"de", b"en"]
    assert len(get.calls) == 2


@pytest.mark.parametrize("who", [{"authorization": "Bearer x"}, {"cookies": {"sessionid": "x"}}])
def test_who_says_who_they_are_neither_gets_nor_leaves_a_shared_answer(ask, who):
    get = ask()
    for asked in ({}, who, who, {}):
        get(**asked)

    assert len(get.calls) == 3


def with_session(request):
    """Answer as ``request.user`` does: by looking into the session, empty though it may be."""

    class Session:
        accessed = True

    request.session = Session()
    return HttpResponse("hello")


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: HttpResponse("mine", headers={"Cache-Control": "private"}),
        lambda request: HttpResponse("mine", headers={"Cache-Control": "max-age=5, No-Store"}),
        lambda request: HttpResponse("mine", headers={"Vary": "Accept, Cookie"}),
        lambda request: HttpResponse("mine", headers={"Vary": "*"}),
        lambda request: HttpResponse("mine", headers={"Vary": "X-Plan"}),
        lambda request: StreamingHttpResponse([b"mine"]),
        lambda request: HttpResponse("mine", status=404),
        lambda request: HttpResponse("mine", status=500),
        lambda request: HttpResponse(get_token(request)),
        with_session,
    ],
    ids=[
        "private",
        "no-store",
        "Vary: Cookie",
        "Vary: *",
        "an undeclared Vary",
        "stream",
        "404",
        "500",
        "CSRF",
        "session",
    ],
)
def test_what_is_one_caller_s_own_or_an_error_is_made_for_each(ask, answer):
    get = ask(answer, vary=["Accept"])
    statuses = {get().status_code for _ in range(3)}

    assert len(get.calls) == 3
    assert statuses == {answer(RequestFactory().get("/")).status_code}


def test_an_answer_that_sets_a_cookie_is_made_for_each(ask):
    def answer(request):
        response = HttpResponse("mine")
        response.set_cookie("basket", "1")
        return response

    get = ask(answer)
    assert all("basket" in get().cookies for _ in range(2))
    assert len(get.calls) == 2


def test_a_declared_vary_is_shared_and_kept(ask):
    get = ask(lambda request: HttpResponse("page", headers={"Vary": "Accept"}), vary=["Accept"])

    assert [get()["Vary"] for _ in range(2)] == ["Accept"] * 2
    assert len(get.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_who_has_the_page_gets_304_and_no_body_until_a_topic_is_bumped(ask):
    text = ["old"]
    get = ask(lambda request: HttpResponse(text[0]), topics=["books"])
    tag = get()["ETag"]
    same = get(**{"if-none-match": f'"other", {tag}'})
    text[0] = "new"
    bump("books")
    other = get(**{"if-none-match": tag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert (other.status_code, other.content) == (200, b"new")


@pytest.mark.django_db(transaction=True)
def test_topics_may_depend_on_what_is_asked(ask):
    get = ask(topics=lambda request: [f"page:{request.GET['n']}"])
    for n in (1, 2):
        get(f"/?n={n}")
    bump("page:1")
    for n in (1, 2):
        get(f"/?n={n}")

    assert [request.GET["n"] for request in get.calls] == ["1", "2", "1"]


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT"])
def test_only_get_is_shared(ask, method):
    get = ask()
    for _ in range(2):
        get(method=method)

    assert len(get.calls) == 2


def test_a_5xx_is_answered_by_the_last_page_for_stale_s(rf, clock):
    statuses = [200, 503]
    view = cached_view("page", policy=Policy(stale_s=600, jitter=0))(
        lambda request: HttpResponse("page", status=statuses.pop(0))
    )
    view(rf.get("/"))
    clock.ahead_s = 61

    assert view(rf.get("/")).status_code == 200
    assert statuses == []


def test_a_template_is_rendered_before_it_is_kept(ask, settings):
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.locmem.Loader", {"t.html": "Hello {{ name }}"})]
            },
        }
    ]
    get = ask(lambda request: SimpleTemplateResponse("t.html", {"name": "Ada"}))

    assert [get().content for _ in range(2)] == [b"Hello Ada"] * 2
    assert len(get.calls) == 1


def test_an_answer_inside_a_view_costs_no_query_on_a_hit_and_none_for_a_304(rf, source):
    source.says = b"[1]"

    def get(**headers):
        return remembered_answer(
            rf.get("/", headers=headers), "list", 1, body=source, headers={"X-Plan": "a"}
        )

    first, second = get(), get()
    third = get(**{"if-none-match": f"W/{first['ETag']}"})

    assert (first.content, first["Content-Type"], first["X-Plan"]) == (b"[1]", "application/json", "a")
    assert (second.content, second["ETag"]) == (first.content, first["ETag"])
    assert (third.status_code, third.content) == (304, b"")
    assert source.asked == 1
