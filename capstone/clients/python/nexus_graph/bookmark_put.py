from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel


class BookmarkPut(BaseModel):
    bookmark_put: Optional[
        Annotated[
            Union[
                "BookmarkPutBookmarkPutBookmarkPut",
                "BookmarkPutBookmarkPutInvalidInput",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="bookmarkPut")


class BookmarkPutBookmarkPutBookmarkPut(BaseModel):
    typename__: Literal["BookmarkPut"] = Field(alias="__typename")
    is_new: bool = Field(alias="isNew")
    bookmark: "BookmarkPutBookmarkPutBookmarkPutBookmark"


class BookmarkPutBookmarkPutBookmarkPutBookmark(BaseModel):
    id: str
    start_ms: int = Field(alias="startMs")
    note: str


class BookmarkPutBookmarkPutInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    errors: list["BookmarkPutBookmarkPutInvalidInputErrors"]


class BookmarkPutBookmarkPutInvalidInputErrors(BaseModel):
    path: list[str]
    code: str
    message: str


BookmarkPut.model_rebuild()
BookmarkPutBookmarkPutBookmarkPut.model_rebuild()
BookmarkPutBookmarkPutInvalidInput.model_rebuild()
