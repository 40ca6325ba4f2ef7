"""A guesser who forges addresses, and a dozen hostile requests: how far each gets."""

from uuid import UUID

import stage

stage.begin()

from django.http import HttpResponse  # noqa: E402 -- once Django is set up
from django.test import Client, override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.settings import api_settings  # noqa: E402

from audiobooks.accounts import limits  # noqa: E402
from audiobooks.accounts.models import User  # noqa: E402
from audiobooks.accounts.tokens import access_token_for  # noqa: E402
from audiobooks.catalog.models import Person  # noqa: E402

TRIES = 40
LOG_IN = "/api/v1/auth/token/"
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # of the program's own account


def client_at(address: str, **headers: str) -> Client:
    """Return somebody at a network address."""
    return Client(
        raise_request_exception=False, REMOTE_ADDR=address, SERVER_NAME="127.0.0.1", headers=headers
    )


# --8<-- [start:guesser]
def guesses_that_pass(trusted_proxies: int | None) -> int:
    """Guess 40 passwords of 40 names from one address, claiming another one each time; return how many are looked at."""
    limits.NAMESPACE = f"trusting {trusted_proxies}"  # counted apart
    settings = {**api_settings.user_settings, "NUM_PROXIES": trusted_proxies}
    with override_settings(REST_FRAMEWORK=settings):
        statuses = [
            client_at("203.0.113.9", **{"X-Forwarded-For": f"198.51.100.{number}"})
            .post(
                LOG_IN, {"username": f"user{number}", "password": "123456"}, content_type="application/json"
            )
            .status_code
            for number in range(TRIES)
        ]
    return sum(status != 429 for status in statuses)


# --8<-- [end:guesser]


def hostile(token: str) -> dict[str, HttpResponse]:
    """Send the requests, all but the first few with a listener's token."""
    listener = client_at("203.0.113.10", Authorization=f"Bearer {token}")
    nested = "[" * 2_000 + "]" * 2_000
    as_json = {"content_type": "application/json"}
    return {
        "a curator's route": listener.post("/api/v1/people/", {"name": "X"}, **as_json),
        "role: staff, in one's own account": listener.patch("/api/v1/me/", {"role": "staff"}, **as_json),
        "?ordering=password": listener.get("/api/v1/people/?ordering=password"),
        "?user__password__startswith=a": listener.get("/api/v1/people/?user__password__startswith=a"),
        "?q=' OR 1=1 --": listener.get("/api/v1/people/", {"q": "' OR 1=1 --"}),
        "?limit=1000000": listener.get("/api/v1/audiobooks/?limit=1000000"),
        "a body of 300 KB": listener.patch("/api/v1/me/", f'{{"username": "{"x" * 300_000}"}}', **as_json),
        "a body 2,000 levels deep": listener.patch("/api/v1/me/", nested, **as_json),
        "../ in an address": listener.get("/media/covers/..%2f..%2fetc%2fpasswd/480.webp"),
        "a token in the address": client_at("203.0.113.11").get(f"/api/v1/me/?access_token={token}"),
        "a forged Host": listener.get("/api/v1/people/", headers={"Host": "evil.example"}),
        "X-HTTP-Method-Override: DELETE": listener.post(
            f"/api/v1/people/{UUID(int=7)}/", headers={"X-HTTP-Method-Override": "DELETE"}
        ),
    }


def told(answer: HttpResponse) -> str:
    """Return the problem's type, or how many rows were found."""
    if answer.status_code < 300:
        return f"{len(answer.json()['results'])} rows"
    problem = answer["Content-Type"].startswith("application/problem+json")
    return answer.json()["type"].partition("#")[2] if problem else "–"


def main() -> None:
    """Print both tables."""
    User.objects.create_user("bo", "bo@example.org", stage.PASSWORD)
    Person.objects.create(name="Mary Shelley", sort_name="mary shelley")
    token = access_token_for(User.objects.get().principal, now=timezone.now()).text
    stage.table(
        [f"of {TRIES} guesses with forged addresses", "looked at", "refused by 429"],
        [
            (name, looked, TRIES - looked)
            for name, looked in (
                ("X-Forwarded-For is believed (DRF's default)", guesses_that_pass(None)),
                ("no proxy is trusted (the capstone's default)", guesses_that_pass(0)),
                ("one proxy is trusted, but there is none", guesses_that_pass(1)),
            )
        ],
    )
    limits.NAMESPACE = "hostile"
    stage.table(
        ["sent", "status", "told"],
        [(name, f"{answer.status_code}", told(answer)) for name, answer in hostile(token).items()],
    )
    stage.say(
        f"staff afterwards: {User.objects.filter(role='staff').count()}, people: {Person.objects.count()}"
    )


with override_settings(PASSWORD_HASHERS=FAST):
    main()
