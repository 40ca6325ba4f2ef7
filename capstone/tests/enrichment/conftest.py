"""The imitation of the book API, and a curator who asks it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from cast import keep_promises, make_audiobook, make_person

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.demo.book_service import BookService, isbn_of
from audiobooks.enrichment.book_api import client_for
from audiobooks.enrichment.models import Lookup


@pytest.fixture
def service(settings) -> Iterator[BookService]:
    with BookService() as service:
        settings.BOOK_API_URL = service.url
        settings.BOOK_API_NETWORKS = ["127.0.0.1/32"]
        settings.BOOK_API_DEADLINE_S = 1
        yield service
        client_for(service.url, ("127.0.0.1/32",), 1).close()
        client_for.cache_clear()


@pytest.fixture
def isbn() -> str:
    """Of the first of the demo's works, which the service knows."""
    return isbn_of(1)


@pytest.fixture
def audiobook(db) -> Audiobook:
    """A draft of Emma, by an author."""
    return make_audiobook("Emma", status="draft", authors=[make_person("Jane Austen")])


@pytest.fixture
def curator(as_user, ada: User) -> Any:
    return as_user(ada)


@pytest.fixture
def ask(curator, audiobook) -> Callable[..., Any]:
    """Return a function that asks for a look-up and returns the answer."""

    def ask(**body: str) -> Any:
        path = f"/api/v1/audiobooks/{audiobook.pk}/lookups/"
        return curator.post(path, body, format="json", headers={"Idempotency-Key": str(uuid4())})

    return ask


@pytest.fixture
def looked_up(ask) -> Callable[..., Lookup]:
    """Return a function that asks, lets a worker do it once, and returns what became of it."""

    def look_up(**body: str) -> Lookup:
        answer = ask(**body)
        assert answer.status_code == 201, answer.content
        keep_promises()
        return Lookup.objects.get(pk=answer.json()["id"])

    return look_up
