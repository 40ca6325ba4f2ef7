from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import EntryState


class EntryPut(BaseModel):
    entry_put: Optional[
        Annotated[
            Union["EntryPutEntryPutEntryPut", "EntryPutEntryPutInvalidInput"],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="entryPut")


class EntryPutEntryPutEntryPut(BaseModel):
    typename__: Literal["EntryPut"] = Field(alias="__typename")
    is_new: bool = Field(alias="isNew")
    entry: "EntryPutEntryPutEntryPutEntry"


class EntryPutEntryPutEntryPutEntry(BaseModel):
    state: EntryState
    audiobook: "EntryPutEntryPutEntryPutEntryAudiobook"


class EntryPutEntryPutEntryPutEntryAudiobook(BaseModel):
    id: str
    title: str


class EntryPutEntryPutInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    errors: list["EntryPutEntryPutInvalidInputErrors"]


class EntryPutEntryPutInvalidInputErrors(BaseModel):
    path: list[str]
    code: str
    message: str


EntryPut.model_rebuild()
EntryPutEntryPutEntryPut.model_rebuild()
EntryPutEntryPutEntryPutEntry.model_rebuild()
EntryPutEntryPutInvalidInput.model_rebuild()
