from datetime import date
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Access


class Audiobooks(BaseModel):
    audiobooks: "AudiobooksAudiobooks"


class AudiobooksAudiobooks(BaseModel):
    nodes: list["AudiobooksAudiobooksNodes"]
    page_info: "AudiobooksAudiobooksPageInfo" = Field(alias="pageInfo")


class AudiobooksAudiobooksNodes(BaseModel):
    id: str
    title: str
    language: str
    released_on: date = Field(alias="releasedOn")
    duration_ms: int = Field(alias="durationMs")
    access: Access
    authors: list["AudiobooksAudiobooksNodesAuthors"]
    narrators: list["AudiobooksAudiobooksNodesNarrators"]


class AudiobooksAudiobooksNodesAuthors(BaseModel):
    id: str
    name: str


class AudiobooksAudiobooksNodesNarrators(BaseModel):
    id: str
    name: str


class AudiobooksAudiobooksPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Audiobooks.model_rebuild()
AudiobooksAudiobooks.model_rebuild()
AudiobooksAudiobooksNodes.model_rebuild()
