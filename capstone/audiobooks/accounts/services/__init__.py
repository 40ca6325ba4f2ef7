"""What accounts do: becoming a user, signing in on devices, changing what one signs in with."""

from audiobooks.accounts.services.credentials import (
    email_change_request,
    email_verify,
    password_change,
    password_reset,
    password_reset_request,
    user_rename,
)
from audiobooks.accounts.services.deletion import (
    GRACE,
    deletion_cancel,
    deletion_cancel_by_token,
    deletion_request,
    deletions_schedule,
)
from audiobooks.accounts.services.letters import letter_send, notice_send
from audiobooks.accounts.services.registration import expired_delete, user_register
from audiobooks.accounts.services.sessions import (
    CredentialsRefused,
    RefreshRefused,
    RefreshReused,
    SessionTokens,
    session_end,
    session_refresh,
    sessions_end,
    user_log_in,
    user_log_out,
)

__all__ = [
    "GRACE",
    "CredentialsRefused",
    "RefreshRefused",
    "RefreshReused",
    "SessionTokens",
    "deletion_cancel",
    "deletion_cancel_by_token",
    "deletion_request",
    "deletions_schedule",
    "email_change_request",
    "email_verify",
    "expired_delete",
    "letter_send",
    "notice_send",
    "password_change",
    "password_reset",
    "password_reset_request",
    "session_end",
    "session_refresh",
    "sessions_end",
    "user_log_in",
    "user_log_out",
    "user_register",
    "user_rename",
]
