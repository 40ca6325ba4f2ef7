"""The client. What it may do is a `Rules`; how it can fail is in `errors`."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from types import TracebackType

import httpx
import msgspec

from lab_caching.outbound import answers, network
from lab_caching.outbound.answers import Answer, Store, Stored
from lab_caching.outbound.bodies import bounded
from lab_caching.outbound.breaker import Breaker
from lab_caching.outbound.errors import (
    AddressRefused,
    CircuitOpen,
    DeadlineExceeded,
    OutboundError,
    ServiceFailed,
    TooManyRedirects,
    Unreachable,
    Unreadable,
)
from lab_caching.outbound.rules import Rules

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})  # RFC 9110, section 9.2.2
TEMPORARY = frozenset({408, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT_ON_THE_WAY = ("accept", "accept-encoding", "accept-language", "user-agent")  # to another origin


class Client:
    """
    Calls slow services. One for a process: it keeps connections and counts failures; make it after a fork.

    ``store`` keeps answers to GET; without one every call goes out. Threads may share a client.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        store: Store | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.rules, self.store = rules, store
        self.clock, self.now, self.sleep, self.chance = clock, now, sleep, chance
        tls = tls or httpx.create_ssl_context(trust_env=False)
        self.transport = network.Transport(rules.networks, tls, connections=20)
        self.breaker = Breaker(rules.failures, rules.open_s, clock)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self.transport.close()

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """GET. See ``call``."""
        return self.call("GET", url, params=params, headers=headers)

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        idempotency_key: str | None = None,
        deadline_s: float | None = None,
    ) -> Answer:
        """
        Return the answer, whole, within ``deadline_s`` seconds (of the rules, if not given), or raise ``OutboundError``.

        A 4xx other than 408 and 429 is an answer; those two and every 5xx raise ``ServiceFailed``. Redirects of GET and
        HEAD are followed; of another method the redirect is the answer. An ``idempotency_key`` promises that the
        service does once what it is asked twice, so that a POST may be tried again.
        """
        deadline = network.Deadline(self.clock() + (deadline_s or self.rules.deadline_s), self.clock)
        request = self.request(method, url, params, headers, content, idempotency_key)
        # --8<-- [start:every-hop]
        for _ in range(self.rules.redirects + 1):
            self.rules.check(request.url)
            answer = self.answer(request, deadline)
            is_redirect = answer.status in REDIRECTS and "location" in answer.headers
            if not is_redirect or request.method not in ("GET", "HEAD"):
                return answer
            request = redirected(request, answer.headers["location"])
        # --8<-- [end:every-hop]
        raise TooManyRedirects(f"{request.url.host}: more than {self.rules.redirects}")

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        content: bytes | None,
        idempotency_key: str | None,
    ) -> httpx.Request:
        """Return a request to send."""
        fields = {"User-Agent": self.rules.user_agent, "Accept-Encoding": "gzip", **(headers or {})}
        if idempotency_key is not None:
            fields["Idempotency-Key"] = idempotency_key
        try:
            place = httpx.URL(url).copy_merge_params(params or {})
        except httpx.InvalidURL:
            raise AddressRefused("that is not an address") from None
        return httpx.Request(method, place, headers=fields, content=content)

    def answer(self, request: httpx.Request, deadline: network.Deadline) -> Answer:
        """Answer from what is kept, or ask: whether it still holds, or anew."""
        if self.store is None or request.method != "GET":
            return self.tries(request, deadline)
        key, url = answers.key_of(request), str(request.url)
        old = answers.kept(self.store.get(key))
        if old is not None and self.now() < old.fresh_until:
            return old.answer(url, "cache")
        try:
            answer = self.tries(asking(request, old), deadline)
        except (DeadlineExceeded, Unreachable, ServiceFailed, CircuitOpen):
            if old is not None and self.now() < old.stale_until:
                return old.answer(url, "stale")
            raise
        if old is not None and answer.status == 304:
            headers = httpx.Headers({**old.headers, **dict(answer.headers)})
            answer = Answer(old.status, headers, old.content, url, "revalidated")
        self.keep(key, answer)
        return answer

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer for as long as it can be of use: while it is fresh, may stand in, or can be asked about."""
        now, rules = self.now(), self.rules
        new = answers.stored(answer, now=now, fresh_s=rules.fresh_s, stale_s=rules.stale_s)
        if self.store is None or new is None:
            return
        seconds = new.stale_until - now
        if new.validators():
            seconds = max(seconds, 3600.0)
        if seconds > 0:
            self.store.set(key, msgspec.msgpack.encode(new), seconds)

    def tries(self, request: httpx.Request, deadline: network.Deadline) -> Answer:
        """Send, and again after a pause where that is safe and there is time for it."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self.once(request, deadline.within(self.rules.attempt_s))
            except (DeadlineExceeded, Unreachable, ServiceFailed) as failure:
                pause_s = self.pause(attempt, failure)
                if attempt >= self.rules.attempts or not may_repeat(request, failure):
                    raise
                if not deadline.allows(pause_s):
                    raise
            self.sleep(pause_s)

    def pause(self, attempt: int, failure: OutboundError) -> float:
        """Return seconds: by chance up to a bound that doubles, and no less than the service asked for."""
        longest = min(self.rules.max_pause_s, self.rules.pause_s * float(2 ** (attempt - 1)))
        asked = failure.retry_after_s if isinstance(failure, ServiceFailed) else None
        return max(longest * self.chance(), asked or 0.0)

    def once(self, request: httpx.Request, deadline: network.Deadline) -> Answer:
        """Send once. Raises ``CircuitOpen`` without sending, and ``ServiceFailed`` for 408, 429 and 5xx."""
        place = request.url.netloc.decode()
        with self.breaker.call(place, (DeadlineExceeded, Unreachable, ServiceFailed)):
            answer = self.send(request, deadline)
            if answer.status >= 500:
                raise self.failed(place, answer)
        if answer.status in TEMPORARY:  # it refuses, and so it is alive
            raise self.failed(place, answer)
        return answer

    def failed(self, place: str, answer: Answer) -> ServiceFailed:
        """Return the error for an answer that is none."""
        wait = retry_after_s(answer.headers.get("retry-after"), self.now())
        return ServiceFailed(f"{place} answered {answer.status}", answer.status, wait)

    def send(self, request: httpx.Request, deadline: network.Deadline) -> Answer:
        """Send, read, and be done by the deadline."""
        token = network.current.set(deadline)
        try:
            with network.translated(request.url.host):
                response = self.transport.handle_request(request)
                try:
                    content = bounded(response, self.rules.max_bytes)
                finally:
                    response.close()
        finally:
            network.current.reset(token)
        return Answer(response.status_code, response.headers, content, str(request.url))


def may_repeat(request: httpx.Request, failure: OutboundError) -> bool:
    """
    Say whether a request may be sent again after a failure.

    After a failure nobody knows whether the service did what it was asked. So only what has the same effect twice may
    be repeated, an idempotent method or a request with an ``Idempotency-Key``; and of answers only those that another
    attempt can change (``TEMPORARY``).
    """
    # --8<-- [start:may-repeat]
    if isinstance(failure, ServiceFailed) and failure.status not in TEMPORARY:
        return False
    return request.method in IDEMPOTENT or "idempotency-key" in request.headers
    # --8<-- [end:may-repeat]


def asking(request: httpx.Request, old: Stored | None) -> httpx.Request:
    """Return the request as one that asks whether ``old`` still holds."""
    if old is None:
        return request
    headers = request.headers.copy()
    for name, text in old.validators().items():
        headers.setdefault(name, text)
    return httpx.Request(request.method, request.url, headers=headers)


def redirected(request: httpx.Request, location: str) -> httpx.Request:
    """Return the request to where an answer points. To another origin go no keys and no cookies."""
    try:
        url = request.url.join(location)
    except httpx.InvalidURL:
        raise Unreadable(f"{request.url.host} points to what is not an address") from None
    headers = dict(request.headers)
    del headers["host"]
    if (url.scheme, url.host, url.port) != (request.url.scheme, request.url.host, request.url.port):
        headers = {name: headers[name] for name in KEPT_ON_THE_WAY if name in headers}
    return httpx.Request(request.method, url, headers=headers)


def retry_after_s(text: str | None, now: float) -> float | None:
    """Return the seconds of a ``Retry-After``, a number or a date (RFC 9110, section 10.2.3); ``None`` for neither."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now, 0.0)
