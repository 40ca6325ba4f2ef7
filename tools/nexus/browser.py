"""The browser that tests drive."""

import os
from pathlib import Path

import pytest

from nexus.services import engines


def chromium_program() -> Path:
    """Return the system's Chromium or Chrome; skip where there is none, and fail where REQUIRE_SERVICES names it."""
    program = engines.chromium()
    if program is None:
        reason = "no Chromium or Chrome is installed (apt install chromium), and CHROMIUM names none"
        if "chromium" in os.environ.get("REQUIRE_SERVICES", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    return program
