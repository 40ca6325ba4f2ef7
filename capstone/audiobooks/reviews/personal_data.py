"""What reviews hold of people: what they wrote and voted is theirs; what staff must still decide stays, without a name."""

from audiobooks.personal_data import Held, Nobodys
from audiobooks.reviews import models
from audiobooks.reviews.services import reviews_forget

TITLE = {"audiobook_title": "audiobook__title"}

HELD = (
    Held(models.Review, "user", "Your reviews.", also=TITLE, erased_by=reviews_forget),
    Held(models.HelpfulVote, "user", "Reviews that you said helped you."),
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
        withheld={"moderator": "It is another person's."},
    ),
    Held(
        models.Decision,
        "moderator",
        "What you decided about reviews, as staff.",
        stays={"moderator": None},
        impersonal=("action", "reason", "note"),
    ),
)
NOBODYS: Nobodys = {
    models.SummaryCheck: "How many ratings were compared each night.",
    models.SummaryDifference: "What was shown of a recording or a review, and what is true.",
}
