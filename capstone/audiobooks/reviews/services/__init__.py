"""Writing reviews, and what others do with them. Locks are taken in one order: listener, review, rating."""

from audiobooks.reviews.services.checking import summaries_check
from audiobooks.reviews.services.forgetting import reviews_forget
from audiobooks.reviews.services.helping import report_put, vote_put, vote_remove
from audiobooks.reviews.services.letters import decision_send
from audiobooks.reviews.services.moderation import reports_dismiss, review_hide, review_restore
from audiobooks.reviews.services.writing import ReviewChange, review_change, review_create, review_delete

__all__ = [
    "ReviewChange",
    "decision_send",
    "report_put",
    "reports_dismiss",
    "review_change",
    "review_create",
    "review_delete",
    "review_hide",
    "review_restore",
    "reviews_forget",
    "summaries_check",
    "vote_put",
    "vote_remove",
]
