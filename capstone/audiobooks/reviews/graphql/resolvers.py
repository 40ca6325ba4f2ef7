"""Reviews in the graph: read by everybody, written by who may hear, changed by their author."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType
from django.utils import timezone
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of, user_id_of
from audiobooks.accounts.graphql.inputs import changing, valid, without
from audiobooks.accounts.graphql.scalars import enumeration
from audiobooks.catalog.graphql.belonging import Asked, Deleted, own_page, own_rows, pages_about
from audiobooks.catalog.graphql.fetching import about_audiobooks
from audiobooks.catalog.graphql.paging import Ordering, Place
from audiobooks.catalog.rest.views import identifier
from audiobooks.reviews import selectors, services
from audiobooks.reviews.models import COUNTS, Reason, Review
from audiobooks.reviews.rest import shapes
from lab_graphql.connections import Connection, Page, page_from
from lab_rest.preconditions import Precondition, etag_of

query = QueryType()
me = ObjectType("Me")
audiobook = ObjectType("Audiobook")
review = ObjectType("Review")
mutation = MutationType()
Input = Mapping[str, Any]

NEWEST = Ordering(("-created_at", "-id"))
ORDERINGS = {
    "HELPFUL_DESC": Ordering(("-helpful_count", "-id")),
    "CREATED_AT_DESC": NEWEST,
    "OVERALL_DESC": Ordering(("-overall", "-id")),
    "OVERALL": Ordering(("overall", "id")),
}


@dataclass(frozen=True, slots=True)
class ReviewHidden:
    """Why a review is not shown to others."""

    at: datetime
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class ReviewCreated:
    """A review is written."""

    review: Review


@dataclass(frozen=True, slots=True)
class ReviewChanged:
    """A review is changed."""

    review: Review


@query.field("review")
def one_review(_: Any, info: GraphQLResolveInfo, **named: str) -> Review:
    return seen(info, identifier(named["id"]))


def seen(info: GraphQLResolveInfo, review_id: UUID, *path: str) -> Review:
    """Return a review as the caller sees it, with what is asked for of its recording. Raises ``NotFound``."""
    visible = selectors.reviews_visible_to(principal_of(info)).filter(pk=review_id)
    rows = own_rows(info, selectors.as_shown(visible, principal_of(info).user_id), *path)
    found: Review = rows[0] if rows else selectors.review_visible_to(principal_of(info), review_id)
    return found


@me.field("reviews")
def own_reviews(_: Any, info: GraphQLResolveInfo, first: int, after: str | None = None) -> Connection[Review]:
    return own_page(info, selectors.reviews_of(principal_of(info)), NEWEST, "reviews", first, after)


@audiobook.field("reviews")
def reviews(
    row: Any, info: GraphQLResolveInfo, order: str, first: int, after: str | None = None
) -> Connection[Review]:
    page = page_from(first, after, ordering=f"audiobook.reviews.{order}")
    found: Connection[Review] = info.context.loaders[reviews_of_audiobooks].load(
        row.pk, page, order, Place.of(info), Asked(info)
    )
    return found


@about_audiobooks
def reviews_of_audiobooks(
    keys: Iterable[UUID], page: Page, order: str, place: Place, asked: Asked
) -> Mapping[UUID, Connection[Review]]:
    """Return a page of what everybody may read of each recording. 1 query, and what is asked for of the recordings."""
    counted = Review.objects.filter(COUNTS, audiobook__in=keys)
    rows = selectors.as_shown(counted, principal_of(asked.info).user_id)
    return pages_about(asked.info, keys, rows, "audiobook_id", page, ORDERINGS[order])


@mutation.field("reviewCreate")
@changing
def review_create(_: Any, info: GraphQLResolveInfo, **given: Input) -> ReviewCreated:
    user_id, audiobook_id = user_id_of(info), identifier(given["input"]["audiobook"])
    told = valid(shapes.ReviewIn, without(given["input"], "audiobook"))
    created = services.review_create(
        principal=principal_of(info),
        user_id=user_id,
        audiobook_id=audiobook_id,
        stars=told.stars,
        text=told.validated_data["text"],
        is_spoiler=told.validated_data["is_spoiler"],
        now=timezone.now(),
    )
    return ReviewCreated(seen(info, created.pk, "review"))


# --8<-- [start:change]
@mutation.field("reviewChange")
@changing
def review_change(_: Any, info: GraphQLResolveInfo, **given: Input) -> ReviewChanged:
    user_id, review_id = user_id_of(info), identifier(given["input"]["id"])
    services.review_change(
        principal=principal_of(info),
        user_id=user_id,
        review_id=review_id,
        change=valid(shapes.ReviewChangeIn, without(given["input"], "id", "version")).change,
        precondition=Precondition(frozenset({etag_of(review_id, given["input"]["version"])})),
        now=timezone.now(),
    )
    return ReviewChanged(seen(info, review_id, "review"))


# --8<-- [end:change]


@mutation.field("reviewDelete")
@changing
def review_delete(_: Any, info: GraphQLResolveInfo, **named: str) -> Deleted:
    services.review_delete(
        user_id=user_id_of(info),
        principal=principal_of(info),
        review_id=identifier(named["id"]),
        now=timezone.now(),
    )
    return Deleted(named["id"])


@mutation.field("reviewVote")
@changing
def review_vote(_: Any, info: GraphQLResolveInfo, helped: bool, **named: str) -> Review:
    principal, user_id, review_id = principal_of(info), user_id_of(info), identifier(named["id"])
    if helped:
        services.vote_put(principal=principal, user_id=user_id, review_id=review_id, now=timezone.now())
    else:
        services.vote_remove(principal=principal, user_id=user_id, review_id=review_id)
    return seen(info, review_id)


@review.field("author")
def author(row: Review, info: GraphQLResolveInfo) -> str:
    return row.user.username


@review.field("hidden")
def hidden(row: Review, info: GraphQLResolveInfo) -> ReviewHidden | None:
    return ReviewHidden(row.hidden_at, row.hidden_for, row.hidden_note) if row.hidden_at else None


rows = {
    "Review": {field.name for field in Review._meta.get_fields()} | {"is_yours", "found_helpful"},
    "ReviewHidden": ReviewHidden,
    "ReviewCreated": ReviewCreated,
    "ReviewChanged": ReviewChanged,
}
bindables = [query, me, audiobook, review, mutation, enumeration("ReviewReason", Reason)]
