"""The site that the checks ask, and the words in which they ask it."""

import time
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


class Playground(Site):
    """The lab's own stage: below /stage/ a source to count, and the shop's front page below /step5/."""

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


playground = Playground
