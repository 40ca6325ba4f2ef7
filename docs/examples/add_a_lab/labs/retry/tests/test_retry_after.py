"""The part on its own: what the checks do not ask over HTTP."""

from datetime import UTC, datetime

import pytest

from lab_retry.retry_after import LONGEST_S, retry_after, wait_s

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(("wait", "value"), [(0, "0"), (0.001, "1"), (30, "30"), (-0.5, "0")])
def test_a_wait_is_written_in_whole_seconds_and_never_too_short(wait, value):
    assert retry_after(wait) == value


@pytest.mark.parametrize("value", ["9" * 400, "Thu, 25 Nov 2027 12:00:00 GMT"])
def test_nobody_is_believed_who_asks_for_more_than_an_hour(value):
    assert wait_s(value, NOON) == LONGEST_S


@pytest.mark.parametrize("value", ["", "-1", "1.5", "٣", "Wed, 25 Nov 2026 12:01:30 +0000"])
def test_what_the_header_cannot_say_is_refused(value):
    with pytest.raises(ValueError, match="time data"):
        wait_s(value, NOON)
