from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import EntryState


class Audiobook(BaseModel):
    audiobook: Optional["AudiobookAudiobook"]


class AudiobookAudiobook(BaseModel):
    title: str
    narrators: list["AudiobookAudiobookNarrators"]
    chapters: "AudiobookAudiobookChapters"
    position: Optional["AudiobookAudiobookPosition"]
    library_entry: Optional["AudiobookAudiobookLibraryEntry"] = Field(
        alias="libraryEntry"
    )
    reviews: "AudiobookAudiobookReviews"


class AudiobookAudiobookNarrators(BaseModel):
    name: str
    audiobooks: "AudiobookAudiobookNarratorsAudiobooks"


class AudiobookAudiobookNarratorsAudiobooks(BaseModel):
    nodes: list["AudiobookAudiobookNarratorsAudiobooksNodes"]


class AudiobookAudiobookNarratorsAudiobooksNodes(BaseModel):
    title: str


class AudiobookAudiobookChapters(BaseModel):
    nodes: list["AudiobookAudiobookChaptersNodes"]


class AudiobookAudiobookChaptersNodes(BaseModel):
    title: str
    start_ms: int = Field(alias="startMs")


class AudiobookAudiobookPosition(BaseModel):
    position_ms: int = Field(alias="positionMs")


class AudiobookAudiobookLibraryEntry(BaseModel):
    state: EntryState


class AudiobookAudiobookReviews(BaseModel):
    nodes: list["AudiobookAudiobookReviewsNodes"]


class AudiobookAudiobookReviewsNodes(BaseModel):
    author: str
    overall: int
    text: str
    is_spoiler: bool = Field(alias="isSpoiler")


Audiobook.model_rebuild()
AudiobookAudiobook.model_rebuild()
AudiobookAudiobookNarrators.model_rebuild()
AudiobookAudiobookNarratorsAudiobooks.model_rebuild()
AudiobookAudiobookChapters.model_rebuild()
AudiobookAudiobookReviews.model_rebuild()
