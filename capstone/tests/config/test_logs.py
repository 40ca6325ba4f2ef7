"""What is logged can be found by the id that the answer carries."""

import logging
from io import StringIO

import pytest


@pytest.fixture
def written():
    """What the settings' own handler writes."""
    handlers = [handler for handler in logging.getLogger().handlers if handler.name == "stderr"]
    assert len(handlers) == 1
    stream = StringIO()
    before = handlers[0].setStream(stream)
    yield stream
    handlers[0].setStream(before)


def test_a_line_names_the_request_that_it_was_written_for(client, written):
    answer = client.get("/nowhere/", headers={"X-Request-ID": "my-first-trace"})

    assert answer["X-Request-ID"] == "my-first-trace"
    assert written.getvalue().splitlines() == ["WARNING my-first-trace django.request: Not Found: /nowhere/"]


def test_a_line_outside_any_request_names_none(written):
    logging.getLogger("audiobooks").error("away")

    assert written.getvalue() == "ERROR   - audiobooks: away\n"
