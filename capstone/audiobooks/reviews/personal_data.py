"""What reviews hold of listeners, and of the staff who moderate."""

from audiobooks.personal_data import Held, Nobodys
from audiobooks.reviews import models
from audiobooks.reviews.services import reviews_forget

TITLE = {"audiobook_title": "audiobook__title"}

HELD = (
    Held(
        models.Review,
        "user",
        "Your reviews.",
        also=TITLE,
        forget=lambda user_id: reviews_forget(user_id=user_id),
    ),
    Held(models.HelpfulVote, "user", "Reviews that helped you.", also={"review_text": "review__text"}),
    Held(
        models.Report,
        "reporter",
        "Reviews that you reported.",
        stays={"reporter": None, "note": ""},
        impersonal=("reason",),
    ),
    Held(
        models.Decision,
        "review__user",
        "What staff decided about your reviews.",
        withheld={"moderator_id": "It says who of the staff decided."},
    ),
    Held(
        models.Decision,
        "moderator",
        "What you decided about the reviews of others.",
        called="reviews/decision_by_you",
        stays={"moderator": None},
        impersonal=("action", "reason", "note"),
    ),
)
NOBODYS: Nobodys = {
    models.SummaryCheck: "Nightly comparisons.",
    models.SummaryDifference: "What they found, in numbers.",
}
