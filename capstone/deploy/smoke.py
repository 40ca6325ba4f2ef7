"""
Ask a running installation what a listener would, from outside; exit 0 where every answer is right.

    docker compose exec -T api manage demo_accounts --json | python3 capstone/deploy/smoke.py http://127.0.0.1:8000/

    python3 capstone/deploy/smoke.py --stranger http://127.0.0.1:8000/

Standard library only. It reads the demo's accounts on its standard input, unless it asks as a stranger, and needs some
audiobooks. What is wrong ends the claims that build on it, and no others.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from secrets import token_hex
from typing import Any
from urllib.parse import urljoin, urlsplit

TIMEOUT_S = 20
STREAM_WITHIN_S = 300


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class WrongAnswer(Exception):
    """An answer is not what the contract says."""


def ask(url: str, *, method: str = "GET", headers: Mapping[str, str] = {}, send: object = None) -> Answer:
    """Return the answer to one request; redirects are not followed."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_S)
    try:
        body = None if send is None else json.dumps(send)
        sent = dict(headers) | ({"Content-Type": "application/json"} if body else {})
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, sent)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def claim(sentence: str, *, found: object, wanted: object) -> None:
    """Print what holds. Raises ``WrongAnswer`` where it does not."""
    if found != wanted:
        raise WrongAnswer(f"{sentence}: wanted {wanted!r}, found {found!r}")
    sys.stdout.write(f"ok  {sentence}\n")


def problem(sentence: str, answer: Answer, status: int) -> None:
    """Claim that an answer is a problem document (RFC 9457) with this status."""
    found = answer.status, answer.headers.get_content_type()
    claim(sentence, found=found, wanted=(status, "application/problem+json"))
    claim(f"… and says so in its body: {answer.json['detail']}", found=answer.json["status"], wanted=status)


def check(base: str, passwords: Mapping[str, str]) -> bool:
    """Make every claim, as a stranger where there are no passwords; tell whether all hold."""
    api = f"{base.rstrip('/')}/api/v1"
    groups = [partial(check_catalogue, api), partial(check_covers, api)]
    if passwords:
        groups += [
            partial(check_doors, api),
            partial(check_members, api, passwords),
            partial(check_stream, api, passwords["bo"]),
            partial(check_player, base, passwords["bo"]),
        ]
    return sum(map(holds, groups)) == len(groups)  # each is asked, whatever the one before said


def holds(group: Callable[[], None]) -> bool:
    """Make claims that build on each other; print which one is wrong, and tell whether none is."""
    try:
        group()
    except (WrongAnswer, OSError, ValueError, LookupError) as error:
        sys.stdout.write(f"WRONG  {error if isinstance(error, WrongAnswer) else repr(error)}\n")
        return False
    return True


def check_doors(api: str) -> None:
    """Who may come in."""
    problem(
        "a wrong password is refused",
        ask(f"{api}/auth/token/", method="POST", send={"username": "bo", "password": "wrong"}),
        401,
    )
    claim("a stranger registers, and the letter is sent", found=register(api).status, wanted=202)


def check_members(api: str, passwords: Mapping[str, str]) -> None:
    """What Bo may hear and Cy may not."""
    tokens = {name: log_in(api, name, password) for name, password in passwords.items()}
    restricted = ask(f"{api}/audiobooks/?access=restricted&limit=1", headers=tokens["bo"]).json["results"][0]
    chapter = f"{api}/audiobooks/{restricted['id']}/chapters/1/audio/"
    problem("cy may not hear what is restricted", ask(chapter, headers=tokens["cy"]), 403)
    check_audio(ask(chapter, headers=tokens["bo"]))


def check_covers(api: str) -> None:
    """Every size of the first cover there is."""
    books = ask(f"{api}/audiobooks/?limit=100").json["results"]
    cover = next((book["cover"] for book in books if book["cover"]), None)
    claim("some audiobook has a cover", found=cover is not None, wanted=True)
    for size, url in (cover or {}).get("urls", {}).items():
        answer = ask(url)
        claim(f"a cover of {size} is a WebP", found=(answer.status, answer.body[8:12]), wanted=(200, b"WEBP"))


def check_catalogue(api: str) -> None:
    """Lists, pages and what they refuse."""
    first = ask(f"{api}/audiobooks/?limit=3")
    claim("a list of 3 has 3 items", found=(first.status, len(first.json["results"])), wanted=(200, 3))
    claim("… and a Link to the next page", found='rel="next"' in (first.headers["Link"] or ""), wanted=True)
    second = ask(first.json["next"])
    claim("the next page has 3 others", found=ids(first) & ids(second), wanted=set())
    problem("an unknown ordering is refused", ask(f"{api}/audiobooks/?ordering=nonsense"), 400)
    problem("a page that is too long is refused", ask(f"{api}/audiobooks/?limit=1000000"), 400)
    problem("an unknown address is no page", ask(f"{api}/nonsense/"), 404)
    problem("nobody is somebody without a token", ask(f"{api}/me/"), 401)


def ids(page: Answer) -> set[str]:
    """Return the ids on a page."""
    return {item["id"] for item in page.json["results"]}


def log_in(api: str, username: str, password: str) -> dict[str, str]:
    """Return the header that says who asks."""
    answer = ask(f"{api}/auth/token/", method="POST", send={"username": username, "password": password})
    claim(f"{username} logs in", found=answer.status, wanted=200)
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def register(api: str) -> Answer:
    """Ask for an account under a name that nobody has."""
    name = f"smoke-{token_hex(4)}"
    person = {"username": name, "email": f"{name}@example.org", "password": token_hex(16)}
    return ask(f"{api}/auth/register/", method="POST", send=person)


def check_audio(address: Answer) -> None:
    """Ranges, conditions and forgeries at a signed address."""
    claim("bo gets a signed address", found=address.status, wanted=200)
    url, size = address.json["url"], address.json["size_bytes"]
    whole = ask(url)
    claim("the file is whole", found=(whole.status, len(whole.body)), wanted=(200, size))
    claim("… and an MP4", found=whole.body[4:8], wanted=b"ftyp")
    part = ask(url, headers={"Range": "bytes=100-199"})
    claim("a range is that range", found=(part.status, part.body), wanted=(206, whole.body[100:200]))
    claim("… and says so", found=part.headers["Content-Range"], wanted=f"bytes 100-199/{size}")
    etag = whole.headers["ETag"]
    claim("part and whole have one strong ETag", found=(part.headers["ETag"], etag[0]), wanted=(etag, '"'))
    again = ask(url, headers={"If-None-Match": etag})
    claim("what you have is not sent again", found=(again.status, again.body), wanted=(304, b""))
    resumed = ask(url, headers={"Range": "bytes=100-199", "If-Range": etag})
    claim("If-Range resumes the same file", found=resumed.status, wanted=206)
    other = ask(url, headers={"Range": "bytes=100-199", "If-Range": '"other"'})
    claim("If-Range sends another file whole", found=(other.status, len(other.body)), wanted=(200, size))
    head = ask(url, method="HEAD")
    claim("HEAD says the size", found=(head.status, head.headers["Content-Length"]), wanted=(200, str(size)))
    problem("a range after the end is refused", ask(url, headers={"Range": f"bytes={size}-"}), 416)
    problem("an altered signature is refused", ask(url[:-3] + "abc"), 403)
    storage = urlsplit(url)._replace(path="/_storage/audio/", query="").geturl()
    claim("the storage itself is closed", found=ask(storage).status, wanted=404)


def first_stream(api: str, token: Mapping[str, str]) -> Answer:
    """Return where the first recording is streamed from that a worker has made ready; it begins after the first start."""
    deadline = time.monotonic() + STREAM_WITHIN_S
    while True:
        for book in ids(ask(f"{api}/audiobooks/?limit=100", headers=token)):
            stream = ask(f"{api}/audiobooks/{book}/stream/", headers=token)
            if stream.status == 200:
                return stream
        if time.monotonic() > deadline:
            raise WrongAnswer(
                f"no recording can be streamed within {STREAM_WITHIN_S} s: does the worker run?"
            )
        time.sleep(5)


def check_stream(api: str, password: str) -> None:
    """From the multivariant playlist to a segment, as hls.js asks for it; and a forgery."""
    stream = first_stream(api, log_in(api, "bo", password))
    url, page = stream.json["url"], {"Origin": "https://front-end.example"}
    index = ask(url, headers=page)
    claim("a stream is an HLS playlist", found=(index.status, index.body[:7]), wanted=(200, b"#EXTM3U"))
    claim(
        "… that a page of another site may read",
        found=index.headers["Access-Control-Allow-Origin"],
        wanted="*",
    )
    names = [line for line in index.body.decode().splitlines() if line and not line.startswith("#")]
    claim("… of two bit rates", found=len(names), wanted=2)
    playlist = ask(urljoin(url, names[0]))
    text = playlist.body.decode()
    claim(
        "a playlist of segments ends", found=(playlist.status, "#EXT-X-ENDLIST" in text), wanted=(200, True)
    )
    found = re.search(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.+)", text)
    if not found:
        raise WrongAnswer(f"a playlist names no segment: {text[:200]!r}")
    size, start, name = int(found[1]), int(found[2]), found[3]
    segment = ask(urljoin(url, name), headers={"Range": f"bytes={start}-{start + size - 1}"})
    claim("a segment is that range", found=(segment.status, len(segment.body)), wanted=(206, size))
    claim("… and a fragment of an MP4", found=b"moof" in segment.body[:200], wanted=True)
    forged = url.replace(url.split("/")[-2], url.split("/")[-2][::-1])
    problem("a stream's altered signature is refused", ask(forged), 403)


def check_player(base: str, password: str) -> None:
    """The player's page, its script, and its session in a cookie."""
    page = ask(urljoin(base, "/listen/"))
    claim("the player is served", found=(page.status, b"main.js" in page.body), wanted=(200, True))
    claim(
        "… and runs nothing inline", found="unsafe" in page.headers["Content-Security-Policy"], wanted=False
    )
    script = ask(urljoin(base, "/static/listen/main.js"))
    claim("its script is JavaScript", found=script.headers.get_content_type(), wanted="text/javascript")
    url, sent = urljoin(base, "/api/v1/auth/browser/token/"), {"username": "bo", "password": password}
    foreign = ask(url, method="POST", send=sent, headers={"Origin": "https://front-end.example"})
    problem("another site's page gets no cookie", foreign, 403)
    parts = urlsplit(base)
    own = ask(url, method="POST", send=sent, headers={"Origin": f"{parts.scheme}://{parts.netloc}"})
    kept = (own.headers["Set-Cookie"] or "").split("; ")
    claim(
        "its own page does",
        found=(own.status, {"HttpOnly", "SameSite=Strict"} <= set(kept)),
        wanted=(200, True),
    )


def passwords_given() -> dict[str, str]:
    """Return the passwords of Bo and Cy from standard input."""
    try:
        accounts = {account["username"]: account["password"] for account in json.load(sys.stdin)}
        return {name: accounts[name] for name in ("bo", "cy")}
    except (json.JSONDecodeError, KeyError, TypeError):
        sys.exit(
            "Standard input must be the output of `manage demo_accounts --json`; or ask as a --stranger."
        )


def main() -> int:
    """Return 0 where everything holds."""
    *options, url = sys.argv[1:] or [""]
    if options not in ([], ["--stranger"]) or urlsplit(url).scheme not in {"http", "https"}:
        sys.exit("usage: … demo_accounts --json | smoke.py [--stranger] http://127.0.0.1:8000/")
    return 0 if check(url, {} if options else passwords_given()) else 1


if __name__ == "__main__":
    sys.exit(main())
