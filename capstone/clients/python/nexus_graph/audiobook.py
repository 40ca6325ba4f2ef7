from datetime import datetime
from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import EntryState


class Audiobook(BaseModel):
    audiobook: Optional["AudiobookAudiobook"]


class AudiobookAudiobook(BaseModel):
    id: str
    title: str
    summary: str
    authors: list["AudiobookAudiobookAuthors"]
    series: list["AudiobookAudiobookSeries"]
    chapters: "AudiobookAudiobookChapters"
    position: Optional["AudiobookAudiobookPosition"]
    library_entry: Optional["AudiobookAudiobookLibraryEntry"] = Field(
        alias="libraryEntry"
    )


class AudiobookAudiobookAuthors(BaseModel):
    id: str
    name: str


class AudiobookAudiobookSeries(BaseModel):
    sequence: Decimal
    label: str
    series: "AudiobookAudiobookSeriesSeries"


class AudiobookAudiobookSeriesSeries(BaseModel):
    id: str
    name: str


class AudiobookAudiobookChapters(BaseModel):
    nodes: list["AudiobookAudiobookChaptersNodes"]


class AudiobookAudiobookChaptersNodes(BaseModel):
    position: int
    title: str
    start_ms: int = Field(alias="startMs")
    end_ms: int = Field(alias="endMs")


class AudiobookAudiobookPosition(BaseModel):
    position_ms: int = Field(alias="positionMs")
    heard_at: datetime = Field(alias="heardAt")


class AudiobookAudiobookLibraryEntry(BaseModel):
    state: EntryState


Audiobook.model_rebuild()
AudiobookAudiobook.model_rebuild()
AudiobookAudiobookSeries.model_rebuild()
AudiobookAudiobookChapters.model_rebuild()
