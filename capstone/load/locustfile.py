"""
Listeners, many at once: what `./nexus load` runs, and `docker compose --profile load up`.

Of 100 requests of a listener 70 tell a position, 12 ask for the home page, 8 for a list or a search, 5 for a recording,
3 for a range of its sound, and 2 write something of their own. They log in once, refresh their tokens, and pause between
requests. For every 200 listeners there is a curator, who uploads. One more asks for the static answer.

NEXUS_LOAD_FOLDER is where `manage prepare_load` wrote who there is, and what curators upload. NEXUS_LOAD_PAUSE_S is how many
seconds a listener pauses on average.
"""

import hashlib
import json
import os
import random
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from locust import FastHttpUser, between, constant, task
from locust.exception import StopUser

API = "/api/v1"
FOLDER = Path(os.environ["NEXUS_LOAD_FOLDER"])
KNOWN = json.loads((FOLDER / "load.json").read_text())
SOUND = (FOLDER / "load.m4a").read_bytes()
PAUSE_S = float(os.environ.get("NEXUS_LOAD_PAUSE_S", "10.5"))  # 0.7 of them are ticks: one in 15 s
WORDS = ("silent", "river", "midnight", "garden", "winter", "voyage", "letter")
STATIC, SOUND_BYTES = "static", 16_384
chance = (
    random.SystemRandom()
)  # the workers of Locust are forks of one process: its `random` gives each the same


def now() -> str:
    """Return the time as the API wants it."""
    return datetime.now(UTC).isoformat()


class SignedIn(FastHttpUser):
    """Somebody with an account, from an address of their own: limits count by it until they have a token."""

    abstract = True
    wait_time = between(0.5 * PAUSE_S, 1.5 * PAUSE_S)
    network_timeout = connection_timeout = 30.0

    def sign_in(self, username: str, password: str) -> None:
        """Log in, or stop."""
        self.headers = {"X-Forwarded-For": ".".join(["10", *(str(chance.randrange(256)) for _ in range(3))])}
        answer = self.ask("POST", "/auth/token/", json={"username": username, "password": password})
        if answer is None:
            raise StopUser
        self.keep(answer)

    def keep(self, tokens: dict[str, Any]) -> None:
        """Use these tokens from now on."""
        self.refresh_token = tokens["refresh_token"]
        self.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def ask(
        self, method: str, path: str, name: str = "", headers: Mapping[str, str] | None = None, **but: Any
    ) -> Any:
        """Return an answer's JSON, or None for an error, which Locust counts; with a new token where the old one is over."""
        row = f"{method} {name or path.partition('?')[0]}"
        with self.client.request(
            method, API + path, name=row, headers=self.headers | (headers or {}), catch_response=True, **but
        ) as answer:
            if answer.status_code == 401 and "Authorization" in self.headers:
                answer.success()  # as it must be after 15 minutes
            elif answer.status_code >= 400 or answer.status_code == 0:
                answer.failure(f"{answer.status_code} {(answer.text or '')[:200]}")
                return None
            else:
                return answer.json() if answer.content else {}
        del self.headers["Authorization"]
        tokens = self.ask("POST", "/auth/token/refresh/", json={"refresh_token": self.refresh_token})
        if tokens is None:
            raise StopUser
        self.keep(tokens)
        return self.ask(method, path, name, headers, **but)


class Listener(SignedIn):
    """Hears a recording, and looks around."""

    weight = 200

    def on_start(self) -> None:
        """Log in, find something and begin to play it."""
        self.sign_in(
            f"listener-{KNOWN['seed']}-{1 + chance.randrange(KNOWN['listeners'])}", KNOWN["password"]
        )
        self.shown: list[str] = []
        self.next_page = self.sound_url = ""
        self.browse()
        if not self.shown:  # the error is counted
            raise StopUser
        self.play()

    def play(self) -> None:
        """Begin a recording from the last list."""
        self.device = {"id": str(uuid4()), "name": "Load"}
        self.audiobook = chance.choice(self.shown)
        path = f"/audiobooks/{self.audiobook}/playback/"
        session = self.ask(
            "POST",
            path,
            "/audiobooks/{id}/playback/",
            json={"device": self.device},
            headers={"Idempotency-Key": str(uuid4())},
        )
        if session is None:
            raise StopUser
        self.session, self.seq = session["id"], 0
        self.duration_ms = session["audiobook"]["duration_ms"]
        self.position_ms = (session["position"] or {}).get("position_ms", 0)

    @task(70)
    def tick(self) -> None:
        """Tell the last 15 seconds; at the end of a recording begin anew."""
        self.seq += 1
        start_ms = self.position_ms if self.position_ms < self.duration_ms else 0
        self.position_ms = min(start_ms + 15_000, self.duration_ms)
        event = {
            "seq": self.seq,
            "at": now(),
            "generation": 0,
            "position_ms": self.position_ms,
            "heard_from_ms": start_ms,
            "speed_percent": 100,
        }
        path = f"/playback/{self.session}/events/"
        self.ask("POST", path, "/playback/{id}/events/", json={"sent_at": now(), "events": [event]})

    @task(12)
    def home(self) -> None:
        """Open the home page."""
        self.ask("GET", "/me/home/")

    @task(5)
    def browse(self) -> None:
        """Look at a page of the list, or at the next one."""
        page = self.ask(
            "GET",
            self.next_page or f"/audiobooks/?limit=20&ordering={chance.choice(('title', '-released_on'))}",
            "/audiobooks/",
        )
        if page:
            self.shown = [one["id"] for one in page["results"]] or self.shown
            self.next_page = page["next"].partition(API)[2] if page["next"] and chance.random() < 0.8 else ""

    @task(3)
    def search(self) -> None:
        """Search for two words."""
        words = "%20".join(chance.sample(WORDS, 2))
        self.ask("GET", f"/search/?q={words}", "search")

    @task(5)
    def detail(self) -> None:
        """Look at a recording."""
        self.ask("GET", f"/audiobooks/{chance.choice(self.shown)}/", "/audiobooks/{id}/")

    @task(3)
    def sound(self) -> None:
        """Ask for a range of the sound; now and then for the address anew."""
        if not self.sound_url or chance.random() < 0.2:
            found = self.ask(
                "GET",
                f"/audiobooks/{KNOWN['audiobook']}/chapters/1/audio/",
                "/audiobooks/{id}/chapters/{n}/audio/",
            )
            self.sound_url = found["url"] if found else ""
        if self.sound_url:
            start = chance.randrange(SOUND_BYTES)
            headers = {"Range": f"bytes={start}-{start + SOUND_BYTES - 1}"}
            with self.client.get(
                self.sound_url, name="range", headers=headers, catch_response=True
            ) as answer:
                if answer.status_code != 206:
                    answer.failure(f"{answer.status_code} instead of 206")

    @task(2)
    def write(self) -> None:
        """Keep a bookmark."""
        self.ask(
            "PUT",
            f"/me/bookmarks/{uuid4()}/",
            "/me/bookmarks/{id}/",
            json={"audiobook": self.audiobook, "start_ms": self.position_ms, "end_ms": None, "note": ""},
        )


class Yardstick(FastHttpUser):
    """One who asks for the static answer, four times a second: what the others' times are compared with."""

    fixed_count = 1
    wait_time = constant(0.25)

    @task
    def static(self) -> None:
        """Ask for what costs nothing."""
        self.client.get("/healthz/live", name=STATIC)


class Curator(SignedIn):
    """Announces files, and sends them."""

    weight = 1
    wait_time = between(5 * PAUSE_S, 15 * PAUSE_S)

    def on_start(self) -> None:
        """Log in."""
        self.sign_in("ada", KNOWN["curator_password"])

    @task
    def upload(self) -> None:
        """Announce a file like no other, send it in two parts, and take it back."""
        unlike = struct.pack(">I4s16s", 24, b"free", os.urandom(16))  # a box that players skip
        content = SOUND + unlike
        told = {
            "file_name": "load.m4a",
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        upload = self.ask("POST", "/uploads/", json=told, headers={"Idempotency-Key": str(uuid4())})
        if upload is None:
            return
        half = len(content) // 2
        for offset, part in ((0, content[:half]), (half, content[half:])):
            headers = self.headers | {
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            with self.client.patch(
                upload["send_to"], name="PATCH upload", data=part, headers=headers, catch_response=True
            ) as answer:
                if answer.status_code not in (200, 204):
                    answer.failure(f"{answer.status_code} {(answer.text or '')[:200]}")
        self.ask("DELETE", f"/uploads/{upload['id']}/", "/uploads/{id}/")
