"""What the contract's tests have set up."""

import pytest


@pytest.fixture(autouse=True)
def a_book_api(settings) -> None:
    """Where look-ups are promised; no worker asks here."""
    settings.BOOK_API_URL = "http://127.0.0.1:9"
