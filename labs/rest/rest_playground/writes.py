"""What becomes of writes, and what wrong requests are answered. The same requests to every step; what they do stays."""

import json
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client

from rest_playground.hold import Hold

NEW: dict[str, str | int] = {
    "station": "S01",
    "recorded_at": "2026-01-01T00:00:00Z",
    "temperature_c": "4.5",
    "wind_kmh": 12,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step's list, and one of its readings, as ada the observer sees them."""

    root: str
    ada: str
    bo: str

    @property
    def reading(self) -> str:
        """Return the address of one reading."""
        return f"{self.root}2/"

    def send(
        self, method: str, address: str, body: object = None, token: str | None = None, **headers: str
    ) -> Any:
        """Send a request with ada's token unless told otherwise; ``If_Match=…`` is the header If-Match."""
        token = self.ada if token is None else token
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        client = Client(SERVER_NAME="localhost")
        return client.generic(method, address, json.dumps(body), "application/json", headers=sent)

    def post(self, key: str, token: str | None = None, **but: object) -> int:
        """Send a new reading; return the status."""
        answer = self.send("POST", self.root, NEW | but, token, Idempotency_Key=key)
        return int(answer.status_code)

    def patch(self, etag: str, **changes: object) -> int:
        """Change the reading as somebody who has seen ``etag``; return the status."""
        return int(self.send("PATCH", self.reading, changes, If_Match=etag).status_code)

    def seen(self) -> tuple[dict[str, Any], str]:
        """Read the reading; return it and its ETag, or a tag that no step knows where there is none."""
        answer = self.send("GET", self.reading)
        return answer.json(), answer.headers.get("ETag", '"none"')


def token_of(name: str, password: str) -> str:
    """Log in at step 4."""
    body = {"name": name, "password": password}
    answer = Client(SERVER_NAME="localhost").post("/step4/tokens/", body, "application/json")
    if answer.status_code != 200:
        raise RuntimeError(f"{name} got no token: {answer.status_code} {answer.content[:500]!r}")
    return str(answer.json()["access_token"])


def bytes_again(step: Step) -> int:
    """Read the reading, and then once more as a client that has it; return the size of the second body."""
    _, etag = step.seen()
    return len(step.send("GET", step.reading, If_None_Match=etag).content)


def updates_lost(step: Step) -> int:
    """Let two callers read the reading and each add 1 km/h to what they saw; count the additions told as done, and gone."""
    before, etag = step.seen()
    statuses = [step.patch(etag, wind_kmh=before["wind_kmh"] + 1) for _ in range(2)]
    after, _ = step.seen()
    return statuses.count(200) - int(after["wind_kmh"] - before["wind_kmh"])


def rows_of_equal_posts(step: Step) -> int:
    """Send one POST twice, as a client does whose first answer got lost; return how many readings there are of it."""
    before, key = readings(), str(uuid4())
    for _ in range(2):
        step.post(key)
    return readings() - before


def readings() -> int:
    """Count the readings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rest_playground_reading")
        return int(cursor.fetchone()[0])


def unknown_parameter(step: Step) -> int:
    """Filter by what no reading has."""
    return int(step.send("GET", f"{step.root}?station=S01&colour=red").status_code)


def unknown_member(step: Step) -> int:
    """Change ``wind_kph``, which no reading has."""
    return step.patch(step.seen()[1], wind_kph=13)


def old_tag(step: Step) -> int:
    """Change what somebody else has changed meanwhile."""
    before, etag = step.seen()
    step.patch(etag, wind_kmh=before["wind_kmh"] + 1)
    return step.patch(etag, wind_kmh=14)


def used_key(step: Step) -> int:
    """Send another reading under the key of the first."""
    key = str(uuid4())
    step.post(key)
    return step.post(key, wind_kmh=13)


def key_in_use(step: Step) -> int:
    """Send a POST twice at once, both held up by a lock on its station; return what is told to who was not the first."""
    key = str(uuid4())
    with ThreadPoolExecutor(2) as pool, Hold("station", NEW["station"], waiting=2):
        posts = [pool.submit(in_thread, step, key) for _ in range(2)]
        wait(posts, return_when=FIRST_COMPLETED)
    return max(post.result() for post in posts)  # 409 is more than 201


def in_thread(step: Step, key: str) -> int:
    """POST, and leave no connection behind."""
    try:
        return step.post(key)
    finally:
        connection.close()


WRONG: dict[str, Callable[[Step], int]] = {
    "?colour=red": unknown_parameter,
    "POST without a token": lambda step: step.post(str(uuid4()), token=""),
    "POST with a visitor's token": lambda step: step.post(str(uuid4()), token=step.bo),
    "PATCH of an unknown member": unknown_member,
    "PATCH without If-Match": lambda step: int(
        step.send("PATCH", step.reading, {"wind_kmh": 13}).status_code
    ),
    "PATCH with an old ETag": old_tag,
    "POST with another's key": used_key,
    "POST with a key in flight": key_in_use,
}
