"""A recording, and who speaks of it."""

import pytest
from cast import make_audiobook, make_user
from reviews.reviewing import Reviewer

from audiobooks.catalog.models import Audiobook


@pytest.fixture
def emma(db) -> Audiobook:
    return make_audiobook("Emma")


@pytest.fixture
def author(bo) -> Reviewer:
    """Bo writes reviews."""
    return Reviewer(bo)


@pytest.fixture
def reader(cy) -> Reviewer:
    """Cy reads them."""
    return Reviewer(cy)


@pytest.fixture
def staff(db) -> Reviewer:
    return Reviewer(make_user("staff", role="staff"))
