from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Outcome


class PositionsSync(BaseModel):
    positions_sync: Optional[
        Annotated[
            Union[
                "PositionsSyncPositionsSyncPositionsSync",
                "PositionsSyncPositionsSyncInvalidInput",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="positionsSync")


class PositionsSyncPositionsSyncPositionsSync(BaseModel):
    typename__: Literal["PositionsSync"] = Field(alias="__typename")
    outcomes: list["PositionsSyncPositionsSyncPositionsSyncOutcomes"]
    positions: list["PositionsSyncPositionsSyncPositionsSyncPositions"]
    revision: int


class PositionsSyncPositionsSyncPositionsSyncOutcomes(BaseModel):
    seq: int
    outcome: Outcome
    code: str
    detail: str


class PositionsSyncPositionsSyncPositionsSyncPositions(BaseModel):
    position_ms: int = Field(alias="positionMs")
    audiobook: "PositionsSyncPositionsSyncPositionsSyncPositionsAudiobook"


class PositionsSyncPositionsSyncPositionsSyncPositionsAudiobook(BaseModel):
    id: str
    title: str


class PositionsSyncPositionsSyncInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    errors: list["PositionsSyncPositionsSyncInvalidInputErrors"]


class PositionsSyncPositionsSyncInvalidInputErrors(BaseModel):
    path: list[str]
    code: str
    message: str


PositionsSync.model_rebuild()
PositionsSyncPositionsSyncPositionsSync.model_rebuild()
PositionsSyncPositionsSyncPositionsSyncPositions.model_rebuild()
PositionsSyncPositionsSyncInvalidInput.model_rebuild()
