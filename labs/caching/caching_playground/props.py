"""What the checks play with: a source that can be counted, held and broken, asked through ``remember`` over HTTP."""

import json
import threading
import time
from collections import defaultdict
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views import View
from django.views.decorators.http import require_POST

from caching_playground.models import Notice
from lab_caching import Policy, bump, reading, remember
from lab_caching.breaker import current_store
from lab_caching.keys import key_of, topic_key
from lab_caching.policy import is_due, lifetime

LONGEST_S = 8  # shorter than the checks wait for an answer
TIMES = ("ttl_s", "stale_s", "negative_s", "lock_s", "wait_s")


class Source:
    """What is asked. ``says`` may be ``{"notice": true}``: then it reads the notice from the database."""

    def __init__(self) -> None:
        self.says: Any = "first"
        self.fails, self.asked, self.entered = False, 0, 0
        self.held: list[int] = []  # which of those who ask: 1 is the first
        self.moved = threading.Condition()

    def __call__(self) -> Any:
        """Read; wait where that is wanted; answer, or fail."""
        with self.moved:
            self.asked += 1
            mine = self.asked
        value = (
            Notice.objects.values_list("text", flat=True).get()
            if self.says == {"notice": True}
            else self.says
        )
        with self.moved:
            self.moved.wait_for(lambda: mine not in self.held, LONGEST_S)
        if self.fails:
            raise OSError("the source fails")
        return value

    def meet(self, number: int) -> None:
        """Wait until so many have come."""
        with self.moved:
            self.entered += 1
            self.moved.notify_all()
            self.moved.wait_for(lambda: self.entered >= number, LONGEST_S)

    def change(self, **facts: Any) -> None:
        """Set some of what it is, and tell those who wait."""
        with self.moved:
            for name, value in facts.items():
                setattr(self, name, value)
            self.moved.notify_all()


SOURCES: dict[str, Source] = defaultdict(Source)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of a request."""
    return dict(json.loads(request.body or b"{}"))


class Answers(View):
    """``/stage/answers/{name}/?part=…&topic=…&ttl_s=60&lock_s=0&…``: GET asks through ``remember``, PUT sets what the source does."""

    def get(self, request: HttpRequest, name: str) -> JsonResponse:
        """GET → ``{"value": …}``, or 503 where the source fails. ``together=50`` waits until 50 have come."""
        source, asked = SOURCES[name], request.GET
        source.meet(int(asked.get("together", 1)))
        times = {time: float(asked[time]) for time in TIMES if time in asked}
        policy = Policy(**{"jitter": 0, "early": 0, "lock_s": 0, **times})
        try:
            value = remember(
                "probe",
                name,
                *asked.getlist("part"),
                compute=source,
                topics=asked.getlist("topic"),
                policy=policy,
            )
        except OSError as error:
            return JsonResponse({"error": str(error)}, status=503)
        return JsonResponse({"value": value})

    def put(self, request: HttpRequest, name: str) -> JsonResponse:
        """PUT ``{"says": …, "fails": …, "held": [1]}`` → what the source is now."""
        SOURCES[name].change(**body_of(request))
        return self.state(SOURCES[name])

    def state(self, source: Source) -> JsonResponse:
        """Return how often the source was asked."""
        return JsonResponse({"asked": source.asked})


class Asked(Answers):
    """``/stage/answers/{name}/asked/``: GET → how often the source was asked."""

    def get(self, request: HttpRequest, name: str) -> JsonResponse:
        """GET → ``{"asked": …}``."""
        return self.state(SOURCES[name])


class Locks(View):
    """``/stage/locks/``: GET → the locks that lie in the cache, and for how many seconds; DELETE ends them."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """GET → ``{"locks": [seconds, …]}``; -1 is for ever."""
        client, keys = self.locks()
        found = [client.pttl(key) for key in keys]
        return JsonResponse({"locks": sorted(ms / 1000 if ms >= 0 else -1 for ms in found if ms != -2)})

    def delete(self, request: HttpRequest) -> JsonResponse:
        """DELETE → none is left, as if their time were over."""
        client, keys = self.locks()
        for key in keys:
            client.delete(key)
        return JsonResponse({})

    def locks(self) -> tuple[Any, list[Any]]:
        """Return the cache, and its keys that are locks of ours."""
        store: Any = current_store().store
        return store.client, list(store.client.scan_iter(f"{store.prefix}probe:*:lock", 1000))


class Topics(View):
    """``/stage/topics/{topic}/``: DELETE → the cache throws the topic's number away, as a full one does."""

    def delete(self, request: HttpRequest, topic: str) -> JsonResponse:
        """Forget it."""
        current_store().delete(topic_key(topic))
        return JsonResponse({})


class Writer:
    """Changes the notice and bumps a topic, in a transaction that it may hold open."""

    def __init__(self) -> None:
        self.has_written, self.may_end = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def write(self, text: str, topic: str, then: str) -> None:
        """Do it in a thread; return when it is done, or for ``"wait"`` when it has written."""
        self.has_written.clear()
        self.may_end.clear()
        self.thread = threading.Thread(target=self.run, args=[text, topic, then])
        self.thread.start()
        if then == "wait":
            self.has_written.wait(LONGEST_S)
        else:
            self.end()

    def run(self, text: str, topic: str, then: str) -> None:
        """Write, bump, and commit or roll back."""
        try:
            with transaction.atomic():
                Notice.objects.all().update(text=text)
                bump(topic)
                self.has_written.set()
                if then == "wait":
                    self.may_end.wait(LONGEST_S)
                transaction.set_rollback(then == "rollback")
        finally:
            self.has_written.set()
            connection.close()

    def end(self) -> None:
        """Let the transaction end, and wait for that."""
        self.may_end.set()
        if self.thread is not None:
            self.thread.join(LONGEST_S)


WRITER = Writer()


class Notices(View):
    """``/stage/notices/``: POST changes the notice, and bumps a topic in the same transaction; DELETE commits one that waits."""

    def post(self, request: HttpRequest) -> JsonResponse:
        """POST ``{"text": …, "topic": …, "then": "commit" | "rollback" | "wait"}``."""
        wanted = body_of(request)
        WRITER.write(wanted["text"], wanted["topic"], wanted["then"])
        return JsonResponse({})

    def delete(self, request: HttpRequest) -> JsonResponse:
        """Commit."""
        WRITER.end()
        return JsonResponse({})


@require_POST
def keys(request: HttpRequest) -> JsonResponse:
    """POST ``{"questions": [[name, parts], …]}`` → ``{"keys": […]}``, as ``key_of`` makes them."""
    return JsonResponse({"keys": [key_of(name, parts) for name, parts in body_of(request)["questions"]]})


@require_POST
def lifetimes(request: HttpRequest) -> JsonResponse:
    """POST ``{"ttl_s": …, "jitter": …, "chances": […]}`` → ``{"lifetimes": […]}``."""
    wanted = body_of(request)
    policy = Policy(ttl_s=wanted["ttl_s"], jitter=wanted["jitter"])
    return JsonResponse({"lifetimes": [round(lifetime(policy, chance), 6) for chance in wanted["chances"]]})


@require_POST
def due(request: HttpRequest) -> JsonResponse:
    """POST ``{"cases": [[fresh_for_s, compute_s, early, chance], …]}`` → ``{"due": […]}``."""
    return JsonResponse({"due": [is_due(*case) for case in body_of(request)["cases"]]})


def turn_clock(ahead_s: float) -> None:
    """Let the part believe that it is so much later; the cache keeps its own time."""
    reading.clock = lambda: time.time() + ahead_s
    current_store().breaker.clock = lambda: time.monotonic() + ahead_s


@require_POST
def clock(request: HttpRequest) -> JsonResponse:
    """POST ``{"ahead_s": 61}``."""
    turn_clock(body_of(request)["ahead_s"])
    return JsonResponse({})
