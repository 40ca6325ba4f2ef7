from datetime import date, datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Access, AudiobookStatus, EntryState


class AudiobookFilter(BaseModel):
    """Narrows a list; what is left out narrows nothing. The same filters as REST's."""

    q: Optional[str] = None
    "Words of the title, in any order, without regard to case or accents."
    book: Optional[str] = None
    author: Optional[str] = None
    narrator: Optional[str] = None
    person: Optional[str] = None
    "Credited as anything."
    series: Optional[str] = None
    publisher: Optional[str] = None
    genre: Optional[str] = None
    "A genre's slug; genres below it count."
    language: Optional[str] = None
    "BCP 47; `pt` finds pt-BR too."
    access: Optional[Access] = None
    status: Optional[AudiobookStatus] = None
    "Listeners see READY alone."
    is_abridged: Optional[bool] = Field(alias="isAbridged", default=None)
    released_from: Optional[date] = Field(alias="releasedFrom", default=None)
    released_until: Optional[date] = Field(alias="releasedUntil", default=None)
    duration_min_ms: Optional[int] = Field(alias="durationMinMs", default=None)
    duration_max_ms: Optional[int] = Field(alias="durationMaxMs", default=None)


class EntryInput(BaseModel):
    audiobook: str
    state: EntryState


class ShelfInput(BaseModel):
    id: str
    name: str


class ShelfItemInput(BaseModel):
    shelf: str
    audiobook: str
    after: Optional[str] = None
    "The recording before it; null: first; left out: last."


class BookmarkInput(BaseModel):
    id: str
    audiobook: str
    start_ms: int = Field(alias="startMs")
    end_ms: Optional[int] = Field(alias="endMs", default=None)
    "Makes it a clip, of 15 minutes at most."
    note: Optional[str] = None


class PositionsInput(BaseModel):
    device: "DeviceInput"
    sent_at: datetime = Field(alias="sentAt")
    "By the same clock as everything else in here: its error cancels out."
    sessions: list["SittingInput"]
    events: list["EventInput"]


class DeviceInput(BaseModel):
    """The device, by the random id that it made once and keeps."""

    id: str
    name: str


class SittingInput(BaseModel):
    """A sitting that the device began by itself."""

    id: str
    "Random, made by the device."
    audiobook: str
    started_at: datetime = Field(alias="startedAt")
    seen_revision: int = Field(alias="seenRevision")
    "The last revision it had been told."


class EventInput(BaseModel):
    """Where a device was, and what it played up to there."""

    session: str
    seq: int
    "The device's own count of its events, over all sessions."
    at: datetime
    "By the device's clock, right or wrong."
    generation: int
    "The position's; one more is a restart."
    position_ms: int = Field(alias="positionMs")
    heard_from_ms: Optional[int] = Field(alias="heardFromMs", default=None)
    "Left out after a jump."
    speed_percent: Optional[int] = Field(alias="speedPercent", default=None)
    "From 50 to 400."


class ReviewInput(BaseModel):
    audiobook: str
    overall: int
    performance: int
    story: int
    text: str = ""
    is_spoiler: bool = Field(alias="isSpoiler", default=False)


class ReviewChangeInput(BaseModel):
    """What to change; what is left out stays."""

    id: str
    version: int
    "That of the review as you have seen it."
    overall: Optional[int] = None
    performance: Optional[int] = None
    story: Optional[int] = None
    text: Optional[str] = None
    is_spoiler: Optional[bool] = Field(alias="isSpoiler", default=None)


PositionsInput.model_rebuild()
