"""Who keeps a library, and a shelf in it."""

from uuid import UUID, uuid4

import pytest
from library.own import Listener


@pytest.fixture
def listener(bo) -> Listener:
    return Listener(bo)


@pytest.fixture
def shelf(listener) -> UUID:
    shelf_id = uuid4()
    assert listener.put(f"shelves/{shelf_id}", {"name": "Train"}).status_code == 201
    return shelf_id
