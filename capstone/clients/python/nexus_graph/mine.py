from datetime import date, datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import EntryState, Role


class Mine(BaseModel):
    me: Optional["MineMe"]


class MineMe(BaseModel):
    username: str
    role: Role
    library: "MineMeLibrary"
    positions: "MineMePositions"
    shelves: "MineMeShelves"
    bookmarks: "MineMeBookmarks"
    stats: "MineMeStats"


class MineMeLibrary(BaseModel):
    nodes: list["MineMeLibraryNodes"]


class MineMeLibraryNodes(BaseModel):
    state: EntryState
    audiobook: "MineMeLibraryNodesAudiobook"


class MineMeLibraryNodesAudiobook(BaseModel):
    id: str
    title: str


class MineMePositions(BaseModel):
    nodes: list["MineMePositionsNodes"]


class MineMePositionsNodes(BaseModel):
    position_ms: int = Field(alias="positionMs")
    heard_at: datetime = Field(alias="heardAt")
    device: "MineMePositionsNodesDevice"
    audiobook: "MineMePositionsNodesAudiobook"


class MineMePositionsNodesDevice(BaseModel):
    name: str


class MineMePositionsNodesAudiobook(BaseModel):
    id: str
    title: str


class MineMeShelves(BaseModel):
    nodes: list["MineMeShelvesNodes"]


class MineMeShelvesNodes(BaseModel):
    id: str
    name: str
    size: int


class MineMeBookmarks(BaseModel):
    nodes: list["MineMeBookmarksNodes"]


class MineMeBookmarksNodes(BaseModel):
    id: str
    start_ms: int = Field(alias="startMs")
    end_ms: Optional[int] = Field(alias="endMs")
    note: str
    audiobook: "MineMeBookmarksNodesAudiobook"


class MineMeBookmarksNodesAudiobook(BaseModel):
    id: str
    title: str


class MineMeStats(BaseModel):
    heard_ms: int = Field(alias="heardMs")
    days: list["MineMeStatsDays"]


class MineMeStatsDays(BaseModel):
    day: date
    listened_ms: int = Field(alias="listenedMs")


Mine.model_rebuild()
MineMe.model_rebuild()
MineMeLibrary.model_rebuild()
MineMeLibraryNodes.model_rebuild()
MineMePositions.model_rebuild()
MineMePositionsNodes.model_rebuild()
MineMeShelves.model_rebuild()
MineMeBookmarks.model_rebuild()
MineMeBookmarksNodes.model_rebuild()
MineMeStats.model_rebuild()
