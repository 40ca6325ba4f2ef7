"""The generated Python client, on the API itself: its methods fit the graph, and what they answer is typed."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import httpx
import pytest
from cast import make_audiobook, make_person
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from nexus_graph import (
    AudiobookFilter,
    AudiobookOrder,
    BookmarkInput,
    DeviceInput,
    EntryInput,
    EntryState,
    EventInput,
    GraphQLClientGraphQLMultiError,
    NexusGraph,
    Outcome,
    PositionsInput,
    SittingInput,
)
from nexus_graph.bookmark_put import BookmarkPutBookmarkPutInvalidInput
from nexus_graph.entry_put import EntryPutEntryPutEntryPut
from nexus_graph.positions_sync import PositionsSyncPositionsSyncPositionsSync

from audiobooks.accounts.models import User
from audiobooks.accounts.tokens import access_token_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A WSGI request ends by closing connections in a transaction: here that is the test's (Django's client too)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def graph_for(user: User | None = None) -> NexusGraph:
    token = access_token_for(user.principal, now=timezone.now()).text if user else ""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.WSGITransport(app=get_wsgi_application())
    client = httpx.Client(transport=transport, headers=headers, base_url="http://localhost")
    return NexusGraph("http://localhost/graphql/", http_client=client)


def test_a_list_is_paged_by_the_client():
    make_audiobook("Emma", authors=[make_person("Jane Austen")], duration_ms=5_000_000_000)
    make_audiobook("Orlando", language="fr")
    make_audiobook("The Waves")
    english, order = AudiobookFilter(language="en"), AudiobookOrder.TITLE_DESC

    first = graph_for().audiobooks(first=1, filter_=english, order=order).audiobooks
    second = (
        graph_for()
        .audiobooks(first=1, filter_=english, order=order, after=first.page_info.end_cursor)
        .audiobooks
    )

    assert [node.title for node in first.nodes + second.nodes] == ["The Waves", "Emma"]
    emma = second.nodes[0]
    assert (emma.authors[0].name, emma.duration_ms) == ("Jane Austen", 5_000_000_000)
    assert (emma.released_on, second.page_info.has_next_page) == (date(2024, 5, 17), False)


# --8<-- [start:all-pages]
def titles_in(graph: NexusGraph, language: str) -> list[str]:
    """Follow the pages of a list to its end."""
    titles, after = [], None
    while True:
        page = graph.audiobooks(first=2, after=after, filter_=AudiobookFilter(language=language)).audiobooks
        titles += [audiobook.title for audiobook in page.nodes]
        after = page.page_info.end_cursor
        if not page.page_info.has_next_page:
            return titles


# --8<-- [end:all-pages]


def test_a_client_follows_the_pages():
    for number in range(5):
        make_audiobook(f"Tome {number}", language="fr")
    make_audiobook("Emma")

    assert titles_in(graph_for(), "fr") == [f"Tome {number}" for number in range(5)]


def test_a_listener_keeps_a_place_and_reads_it_again(bo):
    audiobook, now = make_audiobook("Emma", duration_ms=60_000), timezone.now()
    graph, sitting = graph_for(bo), str(uuid4())
    batch = PositionsInput(
        device=DeviceInput(id=str(uuid4()), name="Phone"),
        sentAt=now,
        sessions=[SittingInput(id=sitting, audiobook=str(audiobook.pk), startedAt=now, seenRevision=0)],
        events=[EventInput(session=sitting, seq=1, at=now, generation=0, positionMs=9_000, heardFromMs=0)],
    )

    synced = graph.positions_sync(batch).positions_sync
    put = graph.entry_put(EntryInput(audiobook=str(audiobook.pk), state=EntryState.FINISHED)).entry_put
    found = graph.audiobook(str(audiobook.pk)).audiobook
    mine = graph.mine().me

    assert isinstance(synced, PositionsSyncPositionsSyncPositionsSync)
    assert [one.outcome for one in synced.outcomes] == [Outcome.APPLIED]
    assert isinstance(put, EntryPutEntryPutEntryPut)
    assert (put.is_new, put.entry.state) == (False, EntryState.FINISHED)  # playing had put it there
    assert (found.position.position_ms, found.library_entry.state) == (9_000, EntryState.FINISHED)
    assert ([one.position_ms for one in mine.positions.nodes], mine.stats.heard_ms) == ([9_000], 9_000)


def test_what_is_wrong_is_typed_and_what_is_refused_is_raised(bo):
    audiobook = make_audiobook("Emma", duration_ms=60_000)
    wrong = BookmarkInput(id=str(uuid4()), audiobook=str(audiobook.pk), startMs=70_000)

    told = graph_for(bo).bookmark_put(wrong).bookmark_put
    with pytest.raises(GraphQLClientGraphQLMultiError) as refused:
        graph_for(bo).audiobook(str(uuid4()))
    stranger = graph_for()
    with pytest.raises(GraphQLClientGraphQLMultiError) as unknown:
        stranger.mine()

    assert isinstance(told, BookmarkPutBookmarkPutInvalidInput)
    assert [(error.path, error.code) for error in told.errors] == [(["input"], "beyond_the_end")]
    assert [error.extensions["code"] for error in refused.value.errors] == ["AUDIOBOOK_UNKNOWN"]
    assert [error.extensions["code"] for error in unknown.value.errors] == ["NOT_AUTHENTICATED"]
