"""Listeners who review, over HTTP; and what the ratings must be, counted the slow way."""

from typing import Any
from uuid import uuid4

from cast import sign_in
from django.utils import timezone

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook, Rating
from audiobooks.catalog.services.ratings import Stars
from audiobooks.reviews.models import Review
from audiobooks.reviews.services import review_create

API = "/api/v1/"
FINE = {"overall": 4, "performance": 5, "story": 3}


class Reviewer:
    """Somebody with something to say."""

    def __init__(self, user: User):
        self.user = user
        self.client = sign_in(user)

    def get(self, path: str, **query: Any):
        return self.client.get(f"{API}{path}", query)

    def results(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    def write(self, audiobook: Audiobook, **but: Any):
        headers = {"Idempotency-Key": str(uuid4())}
        path = f"{API}audiobooks/{audiobook.pk}/reviews/"
        return self.client.post(path, FINE | but, format="json", headers=headers)

    def change(self, review_id: Any, *, seen: str = "", **change: Any):
        path = f"{API}reviews/{review_id}/"
        headers = {"If-Match": seen or self.client.get(path)["ETag"]}
        return self.client.patch(path, change, format="json", headers=headers)

    def delete(self, path: str):
        return self.client.delete(f"{API}{path}")

    def put(self, path: str, body: Any = None):
        return self.client.put(f"{API}{path}", body, format="json")

    def decide(self, review_id: Any, verb: str, *, seen: str = "", **body: Any):
        path = f"{API}staff/reviews/{review_id}/"
        headers = {"If-Match": seen or self.client.get(path)["ETag"]}
        return self.client.post(f"{path}{verb}/", body, format="json", headers=headers)


def make_review(user: User, audiobook: Audiobook, **but: Any) -> Review:
    """Write a review as its author does."""
    stars = Stars(**{axis: but.pop(axis, FINE[axis]) for axis in FINE})
    return review_create(
        principal=user.principal,
        user_id=user.pk,
        audiobook_id=audiobook.pk,
        stars=stars,
        text=but.pop("text", ""),
        is_spoiler=but.pop("is_spoiler", False),
        now=but.pop("now", timezone.now()),
        **but,
    )


def kind(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("#")[2]


# --8<-- [start:oracle]
def counted_anew(audiobook: Audiobook) -> tuple[list[int], int, int]:
    """Return what the rating must be, the slow and obvious way: look at every review."""
    shown = [review for review in Review.objects.filter(audiobook=audiobook) if review.hidden_at is None]
    histogram = [sum(review.overall == stars for review in shown) for stars in (1, 2, 3, 4, 5)]
    return histogram, sum(review.performance for review in shown), sum(review.story for review in shown)


# --8<-- [end:oracle]


def kept(audiobook: Audiobook) -> tuple[list[int], int, int]:
    """Return what the rating is."""
    rating = Rating.objects.filter(audiobook=audiobook).first() or Rating()
    return rating.histogram, rating.performance_sum, rating.story_sum
