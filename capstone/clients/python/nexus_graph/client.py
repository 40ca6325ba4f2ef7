from typing import Any, Optional, Union

from .audiobook import Audiobook
from .audiobooks import Audiobooks
from .base_client import BaseClient
from .base_model import UNSET, UnsetType
from .bookmark_put import BookmarkPut
from .entry_put import EntryPut
from .enums import AudiobookOrder
from .input_types import AudiobookFilter, BookmarkInput, EntryInput, PositionsInput
from .mine import Mine
from .positions_sync import PositionsSync


def gql(q: str) -> str:
    return q


class NexusGraph(BaseClient):
    def audiobook(self, id: str, **kwargs: Any) -> Audiobook:
        query = gql("""
            query Audiobook($id: ID!) {
              audiobook(id: $id) {
                title
                narrators {
                  name
                  audiobooks(first: 3) {
                    nodes {
                      title
                    }
                  }
                }
                chapters(first: 50) {
                  nodes {
                    title
                    startMs
                  }
                }
                position {
                  positionMs
                }
                libraryEntry {
                  state
                }
                reviews(first: 3) {
                  nodes {
                    author
                    overall
                    text
                    isSpoiler
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="Audiobook", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Audiobook.model_validate(data)

    def audiobooks(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[AudiobookFilter], UnsetType] = UNSET,
        order: Union[Optional[AudiobookOrder], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Audiobooks:
        query = gql("""
            query Audiobooks($first: Int = 25, $after: String, $filter: AudiobookFilter, $order: AudiobookOrder = TITLE) {
              audiobooks(first: $first, after: $after, filter: $filter, order: $order) {
                nodes {
                  id
                  title
                  language
                  releasedOn
                  durationMs
                  access
                  authors {
                    id
                    name
                  }
                  narrators {
                    id
                    name
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
            "order": order,
        }
        response = self.execute(
            query=query, operation_name="Audiobooks", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Audiobooks.model_validate(data)

    def bookmark_put(self, input: BookmarkInput, **kwargs: Any) -> BookmarkPut:
        query = gql("""
            mutation BookmarkPut($input: BookmarkInput!) {
              bookmarkPut(input: $input) {
                __typename
                ... on BookmarkPut {
                  isNew
                  bookmark {
                    id
                    startMs
                    note
                  }
                }
                ... on InvalidInput {
                  errors {
                    path
                    code
                    message
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="BookmarkPut", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return BookmarkPut.model_validate(data)

    def entry_put(self, input: EntryInput, **kwargs: Any) -> EntryPut:
        query = gql("""
            mutation EntryPut($input: EntryInput!) {
              entryPut(input: $input) {
                __typename
                ... on EntryPut {
                  isNew
                  entry {
                    state
                    audiobook {
                      id
                      title
                    }
                  }
                }
                ... on InvalidInput {
                  errors {
                    path
                    code
                    message
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="EntryPut", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return EntryPut.model_validate(data)

    def mine(self, **kwargs: Any) -> Mine:
        query = gql("""
            query Mine {
              me {
                username
                role
                library {
                  nodes {
                    state
                    audiobook {
                      id
                      title
                    }
                  }
                }
                positions {
                  nodes {
                    positionMs
                    heardAt
                    device {
                      name
                    }
                    audiobook {
                      id
                      title
                    }
                  }
                }
                shelves {
                  nodes {
                    id
                    name
                    size
                  }
                }
                bookmarks {
                  nodes {
                    id
                    startMs
                    endMs
                    note
                    audiobook {
                      id
                      title
                    }
                  }
                }
                stats {
                  heardMs
                  days {
                    day
                    listenedMs
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="Mine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Mine.model_validate(data)

    def positions_sync(self, input: PositionsInput, **kwargs: Any) -> PositionsSync:
        query = gql("""
            mutation PositionsSync($input: PositionsInput!) {
              positionsSync(input: $input) {
                __typename
                ... on PositionsSync {
                  outcomes {
                    seq
                    outcome
                    code
                    detail
                  }
                  positions {
                    positionMs
                    audiobook {
                      id
                      title
                    }
                  }
                  revision
                }
                ... on InvalidInput {
                  errors {
                    path
                    code
                    message
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="PositionsSync", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return PositionsSync.model_validate(data)
