"""A site under check: sends requests over HTTP, and knows for each the curl command that repeats it."""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from typing import Any, TypeVar

import httpx

from nexus.labs.checking import ANSWER_S, NO_ANSWER, Mismatch

SHOWN = 160  # characters of an unexpected body
TOKEN = "$TOKEN"  # noqa: S105 -- what a command says in its place

Result = TypeVar("Result")


class Answer:
    """One answer, with the request it belongs to. Each ``expect…`` raises ``Mismatch``."""

    def __init__(self, response: httpx.Response, command: str) -> None:
        self.response = response
        self.command = command
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text

    def __str__(self) -> str:
        """Return what came, in one line."""
        kind = self.headers.get("Content-Type", "no Content-Type")
        body = " ".join(self.text.split())
        return (
            f"{self.status}, {kind}: {body[:SHOWN]}{'…' if len(body) > SHOWN else ''}"
            if body
            else f"{self.status}, no body"
        )

    def expect(self, is_right: bool, expected: str, actual: object) -> None:
        """Go on only where this holds."""
        if not is_right:
            raise Mismatch(expected, str(actual), self.command)

    def expect_status(self, *allowed: int) -> None:
        """Go on only with one of these statuses."""
        self.expect(self.status in allowed, " or ".join(f"{status}" for status in allowed), self)

    def expect_header(self, name: str, value: str | None = None, *, matching: str = "") -> str:
        """Return the header; it must be there, equal ``value`` (parameters such as charset aside) and match the pattern."""
        found = self.headers.get(name)
        expected = f"{name}: {value or matching or '…'}"
        self.expect(found is not None, f"a header {expected}", f"none; {self}")
        content = str(found)
        if value is not None:
            self.expect(content.partition(";")[0].strip() == value, expected, f"{name}: {content}")
        if matching:
            self.expect(re.search(matching, content) is not None, expected, f"{name}: {content}")
        return content

    def json_object(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        try:
            body = json.loads(self.text)
        except ValueError:
            body = None
        self.expect(isinstance(body, dict), "a JSON object", self)
        return dict(body)


class Site:
    """
    A site at ``base_url``. A lab's target subclasses it and names the addresses its checks use.

    ``token_command`` is the shell command that prints the token: a failure's command says ``$TOKEN`` instead of it.
    """

    token = ""
    token_command = ""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.client = httpx.Client(timeout=ANSWER_S, trust_env=False)

    def get(self, path: str, **options: Any) -> Answer:
        """GET; options as of ``send``."""
        return self.send("GET", path, **options)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        signed_in: bool = False,
    ) -> Answer:
        """Send one request; ``body`` becomes JSON, ``path`` may be a whole address of this site."""
        url = path if path.startswith(f"{self.base_url}/") else self.base_url + path
        sent = dict(headers or {})
        if signed_in:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        content = None if body is None else json.dumps(body)
        command = self.curl(method, url, sent, content)
        try:
            response = self.client.request(method, url, content=content, headers=sent)
        except httpx.TimeoutException:
            waited = f"{NO_ANSWER}: does your code wait for ever, or loop without end?"
            raise Mismatch("an answer", waited, command) from None
        except httpx.ConnectError:
            raise Mismatch("an answer", f"nobody listens at {self.base_url} any more", command) from None
        except httpx.HTTPError as error:
            raise Mismatch("an answer", f"the connection ended without one ({error})", command) from None
        return Answer(response, command)

    def curl(self, method: str, url: str, headers: Mapping[str, str], content: str | None) -> str:
        """Return the command that sends this request; where it needs a token, one before it that fetches it."""
        words = ["curl", "-i", shlex.quote(url)]
        if method == "HEAD":
            words[1] = "-I"
        elif method != "GET":
            words += ["-X", method]
        for name, value in headers.items():
            line = f"{name}: {value}"
            shown = line.replace(self.token, TOKEN) if self.token else line
            words += ["-H", f'"{shown}"' if shown != line else shlex.quote(line)]
        if content is not None:
            words += ["-d", shlex.quote(content)]
        command = " ".join(words)
        return f"TOKEN=$({self.token_command})\n{command}" if TOKEN in command else command


def at_once(
    work: Sequence[Callable[[], Result]], before_last: Callable[[], object] = lambda: None
) -> list[Result]:
    """
    Do all of it at the same time, each in a thread; return the results in order.

    ``before_last`` is called once all but one have ended, to let go of what the last one may be waiting for.
    """
    with ThreadPoolExecutor(len(work)) as pool:
        futures = [pool.submit(one) for one in work]
        for _ in islice(as_completed(futures), len(work) - 1):
            pass
        before_last()
        return [future.result() for future in futures]
