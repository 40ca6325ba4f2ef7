"""The site that the checks ask, and the words in which they ask it."""

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from nexus.labs.site import Answer, Site


class Source:
    """Something that the playground asks through ``remember``: counted, and held or broken where a check wants it."""

    def __init__(self, site: "Playground", says: object = "first") -> None:
        self.site = site
        self.path = f"/stage/answers/check-{uuid4().hex}/"
        self.set(says=says)

    def set(self, **facts: object) -> None:
        """Tell the source what to say, to fail, or to hold whoever asks."""
        self.site.send("PUT", self.path, body=facts).expect_status(200)

    def ask(self, *parts: object, topics: tuple[str, ...] = (), **policy: object) -> Answer:
        """Ask for the answer."""
        question = [("part", part) for part in parts] + [("topic", topic) for topic in topics]
        return self.site.get(f"{self.path}?{urlencode([*question, *policy.items()])}")

    def expect(self, value: object, *parts: object, **options: Any) -> Answer:
        """Ask, and go on only where the answer is this value."""
        answer = self.ask(*parts, **options)
        answer.expect_status(200)
        found = answer.json_object().get("value")
        answer.expect(found == value, f"{value!r}", f"{found!r}")
        return answer

    def asked(self) -> int:
        """Return how often the source was asked."""
        answer = self.site.get(f"{self.path}asked/")
        answer.expect_status(200)
        return int(answer.json_object()["asked"])

    def expect_asked(self, times: int, answer: Answer) -> None:
        """Go on only where the source was asked so often; ``answer`` says by which command."""
        found = self.asked()
        answer.expect(found == times, f"the source asked {times}×", f"asked {found}×")

    def wait_until_asked(self, times: int, asking: Sequence[Future[Answer]]) -> None:
        """Wait until the source was asked so often; go on only where one of those who ask is still waiting for it."""
        self.site.wait_until(lambda: self.asked() >= times or all(one.done() for one in asking))
        if self.asked() < times:
            answer = asking[0].result()
            answer.expect_status(200)
            self.expect_asked(times, answer)


class Target(Site, ABC):
    """A site that answers from a cache, and changes."""

    @abstractmethod
    def shared_page(self) -> str:
        """Return the address of a page that is the same for everybody, and has an ETag."""

    @abstractmethod
    def saved(self, number: int) -> tuple[Answer, object]:
        """Ask for a thing, save a number of it, and ask again; return that answer, and the number it shows."""

    @abstractmethod
    def asked_by_two(self) -> tuple[Answer, str, str]:
        """Ask as one who sees their own, then as another; return the other's answer, what it must show, and what it does."""


class Playground(Target):
    """The lab's own stage: below /stage/ a source to count, and pages."""

    def shared_page(self) -> str:
        return self.page("text")

    def page(self, kind: str = "plain") -> str:
        """Return the address of a page that nobody has asked for yet."""
        return f"/stage/pages/{kind}/?of={uuid4().hex}"

    def saved(self, number: int) -> tuple[Answer, object]:
        self.front()
        self.post("/stage/books/2/", by="save", price_cents=number)
        answer, books = self.front()
        return answer, books[1]["price_cents"]

    def front(self) -> tuple[Answer, list[dict[str, object]]]:
        """Return the front page, and its books."""
        answer = self.get("/stage/front/")
        answer.expect_status(200)
        return answer, answer.json_object()["books"]

    def asked_by_two(self) -> tuple[Answer, str, str]:
        address = self.page()
        for who in ("Bearer ada", "Bearer bo"):
            answer = self.get(address, headers={"Authorization": who})
            answer.expect_status(200)
        return answer, "caller: Bearer bo", f"caller: {answer.json_object()['caller']}"

    def source(self, says: object = "first") -> Source:
        """Return a source that nobody has asked yet."""
        return Source(self, says)

    def topic(self) -> str:
        """Return a topic that nobody has bumped yet."""
        return f"check-{uuid4().hex}"

    def post(self, path: str, **body: object) -> Answer:
        """POST JSON; go on only where that was right."""
        answer = self.send("POST", path, body=body)
        answer.expect_status(200)
        return answer

    def later(self, ahead_s: float) -> None:
        """Let the part believe that it is so much later."""
        self.post("/stage/clock/", ahead_s=ahead_s)

    def write(self, text: str, topic: str, then: str = "commit") -> Answer:
        """Change the notice and bump the topic in one transaction, that commits, rolls back or waits."""
        return self.post("/stage/notices/", text=text, topic=topic, then=then)

    def commit(self) -> None:
        """Commit the transaction that waits."""
        self.send("DELETE", "/stage/notices/").expect_status(200)

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        """Ask again and again until it is so. Raises ``TimeoutError`` after 8 s."""
        deadline = time.monotonic() + 8
        while not is_true():
            if time.monotonic() > deadline:
                raise TimeoutError("it never came true: is the machine busy? Check again.")
            time.sleep(0.02)


class Capstone(Target):
    """The audiobook platform's works. ``CHECK_USERNAME`` and ``CHECK_PASSWORD`` are a curator's; what is made there stays."""

    works = "/api/v1/books/"

    def shared_page(self) -> str:
        return f"{self.works}?limit=5"

    def saved(self, number: int) -> tuple[Answer, object]:
        address = f"{self.works}{self.new_work()}/"
        seen = self.as_curator("GET", address)
        tag = seen.expect_header("ETag")
        body = {"first_published_year": number}
        self.as_curator("PATCH", address, body=body, headers={"If-Match": tag}).expect_status(200)
        answer = self.as_curator("GET", address)
        answer.expect_status(200)
        return answer, answer.json_object()["first_published_year"]

    def asked_by_two(self) -> tuple[Answer, str, str]:
        work, address = self.new_work(), f"{self.works}?limit=100"
        for answer, is_seen in ((self.as_curator("GET", address), True), (self.get(address), False)):
            answer.expect_status(200)
            found = work in answer.text
            answer.expect(found or not is_seen, "the curator's new work on the curator's list", "not there")
        return answer, "not the curator's new work", f"{'' if found else 'not '}the curator's new work"

    def new_work(self) -> str:
        """Make a work that has no recording yet; return its id."""
        body = {"title": "0 A promise", "original_language": "en", "first_published_year": 1900}
        made = self.as_curator("POST", self.works, body=body, headers={"Idempotency-Key": str(uuid4())})
        made.expect_status(201)
        return str(made.json_object()["id"])

    def as_curator(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request signed in; the first one logs in."""
        if not self.token:
            names = {"username": os.environ["CHECK_USERNAME"], "password": os.environ["CHECK_PASSWORD"]}
            answer = self.send("POST", "/api/v1/auth/token/", body=names)
            answer.expect_status(200)
            self.token = str(answer.json_object()["access_token"])
            self.token_command = f"{answer.command.replace('curl -i', 'curl -s')} | cut -d'\"' -f4"
        return self.send(method, path, signed_in=True, **options)


playground, capstone = Playground, Capstone
