"""The one change that there is: say what you think of a film."""

from dataclasses import dataclass
from typing import Any

from ariadne import MutationType
from django.db import transaction
from graphql import GraphQLResolveInfo

from graphql_playground.models import Film, Review
from lab_graphql.errors import Refused
from lab_graphql.results import InputError, typed_result

mutation = MutationType()


class WrongReview(Exception):
    """The review cannot be stored; ``flaws`` are member, code and sentence of each wrong value."""

    def __init__(self, flaws: list[tuple[str, str, str]]) -> None:
        super().__init__(f"{len(flaws)} wrong values")
        self.flaws = flaws


@dataclass(frozen=True, slots=True)
class ReviewAdded:
    """The review, and its film as it is now."""

    review: Review
    film: Film


@transaction.atomic
def review_add(*, film_id: str, stars: int, text: str) -> Review:
    """Store a review. Raises ``WrongReview``, and ``Refused`` where there is no such film."""
    flaws = []
    if not 1 <= stars <= 5:
        flaws.append(("stars", "out_of_range", "From 1 to 5."))
    if not 1 <= len(text) <= 200:
        flaws.append(("text", "wrong_length", "From 1 to 200 characters."))
    if flaws:
        raise WrongReview(flaws)
    if not film_id.isdecimal() or len(film_id) > 18 or not Film.objects.filter(pk=film_id).exists():
        raise Refused("not-found", "There is no such film.", status=404)
    return Review.objects.create(film_id=int(film_id), stars=stars, text=text)


# --8<-- [start:mutation]
@mutation.field("reviewAdd")
@typed_result(
    WrongReview,
    lambda exc: [InputError(("input", member), code, told) for member, code, told in exc.flaws],
)
def review_add_resolver(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> ReviewAdded:  # noqa: A002
    review = review_add(**input)
    return ReviewAdded(review, Film.objects.get(pk=review.film_id))


# --8<-- [end:mutation]
