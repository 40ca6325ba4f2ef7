"""Changing what a listener has."""

from audiobooks.library.services.announcements import announcement_send, followers_tell
from audiobooks.library.services.follows import (
    follow_begin,
    follow_end,
    follows_end_by_token,
    follows_move,
)
from audiobooks.library.services.grants import grant_give

__all__ = [
    "announcement_send",
    "follow_begin",
    "follow_end",
    "followers_tell",
    "follows_end_by_token",
    "follows_move",
    "grant_give",
]
