"""What the demo's people think of what they have heard, written through the services that every listener goes through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services.ratings import Stars
from audiobooks.reviews.models import Reason, Review
from audiobooks.reviews.services import report_put, review_create, vote_put

WITHOUT_WORDS = range(4, 16)  # more recordings, in the order of their length, that get stars alone


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says of the n-th longest recording; all voices of the demo are synthesised, and it shows."""

    author: str
    recording: int
    stars: Stars
    text: str = ""
    is_spoiler: bool = False
    helped: tuple[str, ...] = ()
    reported_by: str = ""


OPINIONS = (
    Opinion(
        "ada",
        0,
        Stars(5, 3, 5),
        "I know it by heart, and heard a sentence that I had never read.",
        helped=("bo", "cy"),
    ),
    Opinion(
        "bo",
        0,
        Stars(4, 2, 5),
        "The story carries it. The voice breathes in the wrong places.",
        helped=("ada",),
    ),
    Opinion("cy", 0, Stars(3, 3, 4), "Good company while cooking."),
    Opinion(
        "bo",
        1,
        Stars(5, 4, 5),
        "At the end it turns out who wrote the letter.",
        is_spoiler=True,
        helped=("ada",),
    ),
    Opinion("cy", 1, Stars(1, 1, 1), "More books, cheaper, at shop.example!", reported_by="bo"),
    Opinion("ada", 2, Stars(4, 4, 4)),
    Opinion("bo", 2, Stars(2, 1, 4), "I went back to the book on paper.", helped=("cy",)),
    Opinion("cy", 3, Stars(5, 5, 4), "Heard in one evening, twice."),
)


def opinions_store(users: Mapping[str, User], *, now: datetime) -> None:
    """Have Ada, Bo and Cy review, unless one of them has; ``now`` is aware UTC."""
    if Review.objects.filter(user__in=[user.pk for user in users.values()]).exists():
        return
    ready = Audiobook.objects.filter(status=Audiobook.Status.READY, access=Audiobook.Access.OPEN)
    recordings = list(ready.order_by("-duration_ms", "id")[: WITHOUT_WORDS.stop])
    for days_ago, opinion in enumerate(reversed([*OPINIONS, *stars_alone()])):
        if opinion.recording < len(recordings):
            say(users, opinion, recordings[opinion.recording], now=now - timedelta(days=days_ago))


def stars_alone() -> list[Opinion]:
    """Return opinions without words, of two of the three about each of some more recordings."""
    return [
        Opinion(name, recording, Stars(3 + (recording + n) % 3, 2 + recording % 4, 3 + (recording * n) % 3))
        for recording in WITHOUT_WORDS
        for n, name in enumerate(("ada", "bo", "cy"))
        if (recording + n) % 3
    ]


def say(users: Mapping[str, User], opinion: Opinion, audiobook: Audiobook, *, now: datetime) -> None:
    """Write a review, and let others vote for it and report it."""
    author = users[opinion.author]
    review = review_create(
        principal=author.principal,
        user_id=author.pk,
        audiobook_id=audiobook.pk,
        stars=opinion.stars,
        text=opinion.text,
        is_spoiler=opinion.is_spoiler,
        now=now,
    )
    for name in opinion.helped:
        vote_put(principal=users[name].principal, user_id=users[name].pk, review_id=review.pk, now=now)
    if opinion.reported_by:
        reporter = users[opinion.reported_by]
        report_put(
            principal=reporter.principal,
            user_id=reporter.pk,
            review_id=review.pk,
            reason=Reason.SPAM,
            note="It is the same under every book.",
            now=now,
        )
