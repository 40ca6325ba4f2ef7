"""Reviews in the graph: REST's shapes, services and refusals."""

import pytest
from cast import make_audiobook
from graph.asking import ask, data, refusals
from graph.test_mine import snake

from audiobooks.reviews.models import Review

pytestmark = pytest.mark.django_db

SHOWN = """id audiobook {id title durationMs} author overall performance story text isSpoiler helpfulCount
  createdAt editedAt hidden {at reason note} version isYours foundHelpful"""
WRONG = "... on InvalidInput {errors {path code}}"
CREATE = f"mutation ($input: ReviewInput!) {{reviewCreate(input: $input) {{... on ReviewCreated {{review {{{SHOWN}}}}} {WRONG}}}}}"
CHANGE = f"mutation ($input: ReviewChangeInput!) {{reviewChange(input: $input) {{... on ReviewChanged {{review {{{SHOWN}}}}} {WRONG}}}}}"
STARS = {"overall": 5, "performance": 4, "story": 3}


def test_a_review_is_written_changed_helpful_and_deleted(bo, cy, as_user, anybody):
    audiobook, mine, theirs = make_audiobook("Emma"), as_user(bo), as_user(cy)
    wanted = {"audiobook": str(audiobook.pk), **STARS, "text": "<i>Lively</i>"}

    written = data(mine, CREATE, input=wanted)["reviewCreate"]["review"]
    twice = ask(mine, CREATE, input=wanted)
    rest = mine.get(f"/api/v1/reviews/{written['id']}/").json()
    changed = data(mine, CHANGE, input={"id": written["id"], "version": 1, "story": 1})["reviewChange"][
        "review"
    ]
    stale = ask(mine, CHANGE, input={"id": written["id"], "version": 1, "story": 2})
    helped = data(
        theirs,
        "mutation ($id: ID!) {reviewVote(id: $id, helped: true) {helpfulCount foundHelpful isYours}}",
        id=written["id"],
    )
    read = data(
        anybody,
        "{audiobooks {nodes {rating {count overall story histogram} reviews {nodes {author text story}}}}}",
    )
    gone = data(mine, "mutation ($id: ID!) {reviewDelete(id: $id) {id}}", id=written["id"])
    unknown = ask(anybody, "query ($id: ID!) {review(id: $id) {text}}", id=written["id"])

    assert snake(written) == rest
    assert (changed["story"], changed["overall"], changed["version"]) == (1, 5, 2)
    assert [refusals(twice), refusals(stale)] == [[(200, "REVIEW_EXISTS")], [(200, "PRECONDITION_FAILED")]]
    assert helped["reviewVote"] == {"helpfulCount": 1, "foundHelpful": True, "isYours": False}
    assert read["audiobooks"]["nodes"] == [
        {
            "rating": {"count": 1, "overall": 5.0, "story": 1.0, "histogram": [0, 0, 0, 0, 1]},
            "reviews": {"nodes": [{"author": "bo", "text": "Lively", "story": 1}]},
        }
    ]
    assert gone == {"reviewDelete": {"id": written["id"]}}
    assert refusals(unknown) == [(200, "REVIEW_UNKNOWN")]


def test_stars_out_of_bounds_are_data(bo, as_user):
    wanted = {"audiobook": str(make_audiobook().pk), **STARS, "overall": 6, "text": "x" * 5001}

    wrong = data(as_user(bo), CREATE, input=wanted)["reviewCreate"]["errors"]

    assert [(one["path"], one["code"]) for one in wrong] == [
        (["input", "overall"], "max_value"),
        (["input", "text"], "max_length"),
    ]


def test_hidden_words_are_their_authors_alone(bo, cy, as_user, anybody):
    audiobook = make_audiobook("Emma")
    written = data(as_user(bo), CREATE, input={"audiobook": str(audiobook.pk), **STARS})["reviewCreate"][
        "review"
    ]
    Review.objects.update(hidden_at=audiobook.created_at, hidden_for="spam", hidden_note="No links.")
    document = "query ($id: ID!) {review(id: $id) {hidden {reason note}}}"

    told = [ask(who, document, id=written["id"]) for who in (as_user(bo), as_user(cy), anybody)]
    listed = data(as_user(cy), "{audiobooks {nodes {reviews {nodes {id}}}}}")["audiobooks"]["nodes"]
    mine = data(as_user(bo), "{me {reviews {nodes {id}}}}")["me"]["reviews"]["nodes"]

    assert told[0].json()["data"]["review"] == {"hidden": {"reason": "SPAM", "note": "No links."}}
    assert [refusals(answer) for answer in told[1:]] == [[(200, "REVIEW_UNKNOWN")]] * 2
    assert (listed, mine) == ([{"reviews": {"nodes": []}}], [{"id": written["id"]}])
