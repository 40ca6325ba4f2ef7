"""Ten wrong requests to one small resource: what a view that hopes for the best answers, and what the capstone answers."""

import json
from uuid import UUID, uuid4

import stage

stage.begin()

from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402 -- once Django is set up
from django.test import Client, override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from audiobooks.accounts.models import User  # noqa: E402
from audiobooks.accounts.tokens import access_token_for  # noqa: E402
from audiobooks.catalog.models import Person  # noqa: E402
from config.urls import urlpatterns as capstone  # noqa: E402


# --8<-- [start:hopeful]
def hopeful_list(request: HttpRequest) -> HttpResponse:
    """List people, or make one."""
    if request.method == "POST":
        person = Person.objects.create(**json.loads(request.body))
        return JsonResponse({"id": str(person.pk)}, status=201)
    people = Person.objects.order_by("name")[: int(request.GET.get("limit", 25))]
    return JsonResponse({"results": [person.name for person in people]})


def hopeful_one(request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002
    """Show a person, or an error that says nothing."""
    try:
        return JsonResponse({"name": Person.objects.get(pk=id).name})
    except Exception:  # noqa: BLE001 -- the mistake that the page is about
        return JsonResponse({"error": "Something went wrong"})


# --8<-- [end:hopeful]

urlpatterns = [
    path("hopeful/people/", hopeful_list),
    path("hopeful/people/<str:id>/", hopeful_one),
    *capstone,
]
JSON = {"content_type": "application/json"}


def asked(client: Client) -> dict[str, tuple[str, str, dict]]:
    """Return the requests: method, address below the list, and what is sent."""
    return {
        "a body that is no JSON": ("post", "", JSON | {"data": '{"name": '}),
        "a list where an object belongs": ("post", "", JSON | {"data": "[]"}),
        "a member that does not exist": ("post", "", JSON | {"data": {"name": "Mary", "rank": 1}}),
        "a year that is a word": ("post", "", JSON | {"data": {"name": "Mary", "born_year": "early"}}),
        "a year that fits no column": ("post", "", JSON | {"data": {"name": "Mary", "born_year": 99_999}}),
        "died before she was born": (
            "post",
            "",
            JSON | {"data": {"name": "Mary", "born_year": 1851, "died_year": 1797}},
        ),
        "a name with a NUL byte": ("post", "", JSON | {"data": {"name": "Ma\0ry"}}),
        "a limit that is a word": ("get", "?limit=ten", {}),
        "an id that is no id": ("get", "7/", {}),
        "an id that nobody has": ("get", f"{UUID(int=7)}/", {}),
    }


def told(answer: HttpResponse) -> str:
    """Return the status and, where there is one, the type of the problem document."""
    if not answer["Content-Type"].startswith("application/problem+json"):
        return f"{answer.status_code}"
    return f"{answer.status_code} {answer.json()['type'].partition('#')[2]}"


def main() -> None:
    """Ask both, and count."""
    ada = User.objects.create_user("ada", "ada@example.org", stage.PASSWORD, role="curator")
    token = access_token_for(ada.principal, now=timezone.now()).text
    client = Client(
        raise_request_exception=False, headers={"Authorization": f"Bearer {token}"}, SERVER_NAME="127.0.0.1"
    )
    rows, both, made = [], ([], []), [0, 0]
    for name, (method, below, sent) in asked(client).items():
        answers = []
        for number, root in enumerate(("/hopeful/people/", "/api/v1/people/")):
            key = {"headers": {"Idempotency-Key": str(uuid4())}} if method == "post" and number else {}
            before = Person.objects.count()
            answer = getattr(client, method)(root + below, **sent, **key)
            made[number] += Person.objects.count() - before
            both[number].append(answer)
            answers.append(told(answer))
        rows.append((name, *answers))
    stage.table(["asked for", "hopeful", "the capstone"], rows)
    stage.table(
        ["of 10 wrong requests", "hopeful", "the capstone"],
        [
            (
                "told as our fault (5xx)",
                *(sum(one.status_code >= 500 for one in answers) for answers in both),
            ),
            ("told as success (2xx)", *(sum(one.status_code < 300 for one in answers) for answers in both)),
            (
                "name what was wrong",
                *(sum("problem" in one["Content-Type"] for one in answers) for answers in both),
            ),
            ("rows made", *made),
        ],
    )
    years = Person.objects.exclude(born_year=None).values_list("born_year", flat=True)
    stage.say(f"the year 99,999 was stored as: {', '.join(map(str, years))}")


with override_settings(ROOT_URLCONF="__main__"):
    main()
