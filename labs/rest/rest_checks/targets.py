"""The sites that the checks ask, in the same words."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from nexus.labs.site import Answer, Site, at_once

Result = TypeVar("Result")
Body = Mapping[str, object]


class Target(Site, ABC):
    """A site with a list of things that keeps the contract; ``pages`` and ``linked`` are lists that keep less of it."""

    things: ClassVar[str]
    pages: ClassVar[str]  # before there are links and filters
    linked: ClassVar[str]  # before there are filters
    nowhere: ClassVar[str]  # the address of a thing that does not exist
    batch: ClassVar[str]  # takes bodies with a list in them
    orderings: ClassVar[Sequence[str]]
    narrowed: ClassVar[tuple[str, str]]  # a filter, which is a member too, and a value that some things have
    misused: ClassVar[tuple[str, str]]  # a filter, and what cannot be its value
    number: ClassVar[str]  # a member that is a whole number, and not -9999
    # Bodies for ``batch``, and the pointers to what is wrong in them.
    two_wrong: ClassVar[tuple[object, set[str]]]
    wrong_item: ClassVar[tuple[object, str]]
    new: ClassVar[Body]
    meetings: ClassVar[int] = 1  # how many it takes until two writers really meet

    def send(self, method: str, path: str, *, signed_in: bool = False, **options: Any) -> Answer:
        """Send a request; the first that is signed in logs in."""
        if signed_in and not self.token:
            self.token = self.log_in()
        return super().send(method, path, signed_in=signed_in, **options)

    @abstractmethod
    def log_in(self) -> str:
        """Return a token of somebody who may write."""

    def token_from(self, path: str, credentials: Body) -> str:
        """Exchange credentials for a token, and note the command that does so."""
        answer = self.send("POST", path, body=credentials)
        answer.expect_status(200)
        self.token_command = f"{answer.command.replace('curl -i', 'curl -s')} | cut -d'\"' -f4"
        return str(answer.json_object().get("access_token"))

    @abstractmethod
    def judge(self, body: object) -> Answer:
        """Send a body to where members that nobody declared are refused, and nothing comes of a right one."""

    @contextmanager
    @abstractmethod
    def fresh(self) -> Iterator[str]:
        """Yield the address of a new thing, the first in the first ordering, that nobody else changes."""

    @abstractmethod
    def renumber(self, address: str, number: int) -> None:
        """Change a thing's number, as somebody else does meanwhile."""

    def patch(self, address: str, number: int, tag: str | None) -> Answer:
        """Change a thing's number, having seen ``tag``."""
        headers = {} if tag is None else {"If-Match": tag}
        return self.send("PATCH", address, body={self.number: number}, headers=headers, signed_in=True)

    def create(self, key: str, *, number: object = None, path: str = "") -> Answer:
        """POST a new thing with an idempotency key, and a number of its own where one is given."""
        body = dict(self.new) if number is None else {**self.new, self.number: number}
        headers = {"Idempotency-Key": f'"{key}"'}
        return self.send("POST", path or self.things, body=body, headers=headers, signed_in=True)

    def forget(self, *created: Answer) -> None:
        """Remove what these POSTs made, where the site can."""

    def count(self) -> int:
        """Count the things."""
        answer = self.get(f"{self.things}?limit=1&count=exact")
        answer.expect_status(200)
        return int(answer.json_object()["count"])

    def meeting(self, address: str, *work: Callable[[], Result]) -> list[Result]:
        """Do all of it at once to the thing; where the site can arrange it, none is through before all have begun."""
        return at_once(work)


class Playground(Target):
    """The lab's own stage. What a check needs before its step's turn is served beside the contract, below /stage/."""

    things, pages, linked = "/step5/readings/", "/stage/pages/", "/stage/linked/"
    plain = "/step2/readings/"
    nowhere = "/step2/readings/999999999/"
    batch = "/stage/batch/"
    orderings = ("newest", "oldest", "windiest")
    narrowed, misused = ("station", "S07"), ("is_verified", "perhaps")
    number = "wind_kmh"
    new: ClassVar[Body] = {
        "station": "S01",
        "recorded_at": "2030-01-01T00:00:00Z",
        "temperature_c": "4.5",
        "wind_kmh": 12,
    }
    two_wrong = (
        {"readings": [{**new, "recorded_at": "yesterday", "wind_kmh": -9999}]},
        {"#/readings/0/recorded_at", "#/readings/0/wind_kmh"},
    )
    wrong_item = ({"readings": [new, {**new, "wind_kmh": -9999}]}, "#/readings/1/wind_kmh")

    def log_in(self) -> str:
        return self.token_from("/step4/tokens/", {"name": "ada", "password": "rain-gauge-7"})

    def judge(self, body: object) -> Answer:
        return self.send("POST", "/stage/strict/", body=body)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        made = self.send("POST", self.plain, body=self.new)
        made.expect_status(201)
        try:
            yield f"{self.things}{made.json_object()['id']}/"
        finally:
            self.forget(made)

    def renumber(self, address: str, number: int) -> None:
        plain = address.replace(self.things, self.plain)
        self.send("PATCH", plain, body={self.number: number}).expect_status(200)

    def forget(self, *created: Answer) -> None:
        for number in {answer.json_object().get("id") for answer in created if answer.status in (201, 503)}:
            self.send("DELETE", f"{self.plain}{number}/")

    def meeting(self, address: str, *work: Callable[[], Result]) -> list[Result]:
        return self.held({"reading": address.split("/")[-2]}, work)

    def held(self, row: Body, work: Sequence[Callable[[], Result]]) -> list[Result]:
        """Do all of it at once while the row is locked, until all wait for it or all but one are answered."""
        self.send("POST", "/stage/hold/", body={**row, "waiting": len(work)}).expect_status(201)
        ends: list[Answer] = []
        results = at_once(work, before_last=lambda: ends.append(self.send("DELETE", "/stage/hold/")))
        if ends[0].json_object()["has_expired"]:
            raise TimeoutError("the requests did not meet within 8 s: is the machine busy? Check again.")
        return results


class Capstone(Target):
    """The audiobook platform's works. ``CHECK_USERNAME`` and ``CHECK_PASSWORD`` are a curator's; what is made there stays."""

    things = pages = linked = batch = "/api/v1/books/"
    nowhere = "/api/v1/books/00000000-0000-0000-0000-000000000000/"
    orderings = ("title", "-title")
    narrowed, misused = ("original_language", "en"), ("series", "perhaps")
    number = "first_published_year"
    new: ClassVar[Body] = {"title": "0 A promise", "original_language": "en", "first_published_year": 1900}
    two_wrong = ({**new, "title": "", "first_published_year": -9999}, {"#/title", "#/first_published_year"})
    wrong_item = ({**new, "genres": ["novel", 7]}, "#/genres/1")
    meetings = 5  # by chance: 19 of 30 did

    def send(self, method: str, path: str, *, signed_in: bool = True, **options: Any) -> Answer:
        """Send a request as the curator, who sees every work, unless it says who sends it."""
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        options["headers"] = {**headers, **(options.get("headers") or {})}
        is_login = path == "/api/v1/auth/token/"
        return super().send(
            method, path, signed_in=not is_login and "Authorization" not in options["headers"], **options
        )

    def log_in(self) -> str:
        names = {"username": os.environ["CHECK_USERNAME"], "password": os.environ["CHECK_PASSWORD"]}
        return self.token_from("/api/v1/auth/token/", names)

    def judge(self, body: object) -> Answer:
        return self.send("POST", self.things, body=body)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        made = self.create(str(uuid4()))
        made.expect_status(201)
        yield f"{self.things}{made.json_object()['id']}/"

    def meeting(self, address: str, *work: Callable[[], Result]) -> list[Result]:
        at_once(
            [lambda: self.get(address)] * len(work)
        )  # so that nobody has to connect first, and comes late
        return super().meeting(address, *work)

    def renumber(self, address: str, number: int) -> None:
        self.patch(address, number, self.get(address).expect_header("ETag")).expect_status(200)


playground, capstone = Playground, Capstone
