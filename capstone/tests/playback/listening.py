"""Devices that play, over HTTP: what they send, and what is answered."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cast import make_audiobook, sign_in
from django.utils import timezone

HOUR_MS = 3_600_000


def make_recording(**but: Any):
    return make_audiobook(duration_ms=10 * HOUR_MS, **but)


class Player:
    """A device of somebody's. Its clock is wrong by ``skew``."""

    def __init__(
        self, user, name: str = "Phone", *, skew: timedelta = timedelta(0), device_id: UUID | None = None
    ):
        self.client = sign_in(user)
        self.device = {"id": str(device_id or uuid4()), "name": name}
        self.skew = skew
        self.seq = 0
        self.session = ""

    def begin(self, audiobook, **headers: str):
        answer = self.client.post(
            f"/api/v1/audiobooks/{audiobook.pk}/playback/",
            {"device": self.device},
            format="json",
            headers={"Idempotency-Key": str(uuid4())} | headers,
        )
        self.session = answer.json().get("id", "")
        return answer

    def event(
        self, position_ms: int, *, heard_ms: int = 15_000, ago_s: float = 0, **but: Any
    ) -> dict[str, Any]:
        """An event of ``ago_s`` seconds before now."""
        self.seq += 1
        at = timezone.now() + self.skew - timedelta(seconds=ago_s)
        event = {"seq": self.seq, "at": at.isoformat(), "generation": 0, "position_ms": position_ms}
        if heard_ms:
            event["heard_from_ms"] = max(0, position_ms - heard_ms)
        return event | but

    def tell(self, *events: dict[str, Any], sent_at: datetime | None = None):
        body = {"sent_at": (sent_at or timezone.now() + self.skew).isoformat(), "events": list(events)}
        return self.client.post(f"/api/v1/playback/{self.session}/events/", body, format="json")

    def sitting(self, audiobook, *, seen: int = 0, ago_s: float = 600, **but: Any) -> dict[str, Any]:
        started_at = timezone.now() + self.skew - timedelta(seconds=ago_s)
        sitting = {
            "id": str(uuid4()),
            "audiobook": str(audiobook.pk),
            "started_at": started_at.isoformat(),
            "seen_revision": seen,
        }
        return sitting | but

    def sync(self, sittings: list[dict[str, Any]], events: list[dict[str, Any]]):
        body = {
            "device": self.device,
            "sent_at": (timezone.now() + self.skew).isoformat(),
            "sessions": sittings,
            "events": events,
        }
        return self.client.post("/api/v1/me/positions/sync/", body, format="json")

    def get(self, path: str, **query: Any):
        return self.client.get(f"/api/v1/me/{path}", query)


def outcomes(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["code"] or one["outcome"] for one in answer.json()["results"]]


def place(answer) -> int:
    return answer.json()["positions"][0]["position_ms"]
