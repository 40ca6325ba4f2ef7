"""Authors write one review of each recording, change it, and take it back."""

import pytest
from cast import make_audiobook
from reviews.reviewing import API, FINE, Reviewer, counted_anew, kept, kind, make_review

from audiobooks.library.services import grant_give
from audiobooks.reviews.models import Review

pytestmark = pytest.mark.django_db


def test_a_review_is_written_read_changed_and_taken_back(author, emma, anybody):
    made = author.write(emma, text="I missed my stop.")
    path = made["Location"]
    changed = author.change(made.json()["id"], overall=5, is_spoiler=True)
    read = anybody.get(path)
    gone = [author.client.delete(path).status_code, author.client.delete(path).status_code]

    assert made.status_code == 201
    assert made.json() | {"created_at": "", "id": ""} == FINE | {
        "id": "",
        "audiobook": {"id": str(emma.pk), "title": "Emma", "duration_ms": 1},
        "author": "bo",
        "is_yours": True,
        "text": "I missed my stop.",
        "is_spoiler": False,
        "helpful_count": 0,
        "found_helpful": False,
        "created_at": "",
        "edited_at": None,
        "hidden": None,
        "version": 1,
    }
    assert (changed.status_code, changed.json()["overall"], changed.json()["version"]) == (200, 5, 2)
    assert (read.json()["is_yours"], read.json()["is_spoiler"], read.json()["story"]) == (False, True, 3)
    assert read.json()["edited_at"] > read.json()["created_at"]
    assert gone == [204, 404]
    assert anybody.get(path).status_code == 404
    assert kept(emma) == counted_anew(emma) == ([0] * 5, 0, 0)


def test_a_listener_has_one_review_of_a_recording_and_may_write_another_after_it(author, emma):
    first = author.write(emma).json()["id"]

    assert kind(author.write(emma)) == (409, "review-exists")
    assert author.write(make_audiobook()).status_code == 201
    assert author.delete(f"reviews/{first}/").status_code == 204
    assert author.write(emma).status_code == 201
    assert kept(emma) == ([0, 0, 0, 1, 0], 5, 3)


def test_markup_and_disguises_are_taken_out_before_a_review_is_kept(author, emma):
    written = author.write(
        emma, text="<script>alert(1)</script>Fine &lt;b&gt;bold&lt;/b&gt; a < b \u202edirg\x00"
    )

    assert written.json()["text"] == "Fine bold a < b dirg"
    assert Review.objects.get().text == "Fine bold a < b dirg"


@pytest.mark.parametrize(
    "but",
    [
        {"overall": 0},
        {"overall": 6},
        {"performance": None},
        {"story": 4.5},
        {"overall": "5"},
        {"text": "x" * 5001},
        {"text": "\u0958" * 5000},  # 10,000 in NFC
        {"text": None},
        {"is_spoiler": "no"},
        {"helpful_count": 9},
        {"user": "cy"},
    ],
)
def test_what_is_no_review(author, emma, but):
    answer = author.write(emma, **but)

    assert kind(answer) == (400, "invalid-input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{next(iter(but))}"]
    assert not Review.objects.exists()
    assert kept(emma) == ([0] * 5, 0, 0)


def test_all_three_axes_are_asked_for(author, emma):
    answer = author.client.post(
        f"{API}audiobooks/{emma.pk}/reviews/",
        {"text": "Fine"},
        format="json",
        headers={"Idempotency-Key": "k"},
    )

    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "#/overall",
        "#/performance",
        "#/story",
    }


def test_the_longest_review_is_kept_whole(author, emma):
    assert author.write(emma, text="ä" * 5000).json()["text"] == "ä" * 5000


@pytest.mark.parametrize(("but", "status"), [({"status": "draft"}, 404), ({"access": "restricted"}, 403)])
def test_who_may_not_hear_it_may_not_review_it(author, but, status):
    assert author.write(make_audiobook(**but)).status_code == status


def test_who_was_granted_a_restricted_recording_reviews_it(author):
    restricted = make_audiobook(access="restricted")
    grant_give(user_id=author.user.pk, audiobook_id=restricted.pk)

    assert author.write(restricted).status_code == 201


def test_only_the_author_changes_a_review_and_sees_what_is_not_to_be_seen(author, reader, emma):
    review = make_review(author.user, emma)

    assert kind(reader.change(review.pk, overall=1)) == (403, "not-your-review")
    assert kind(reader.delete(f"reviews/{review.pk}/")) == (403, "not-your-review")
    emma.status = "withdrawn"
    emma.save()
    assert kind(reader.delete(f"reviews/{review.pk}/")) == (404, "review-unknown")
    assert author.results("me/reviews/") == []
    assert (
        author.delete(f"reviews/{review.pk}/").status_code == 204
    )  # one's own words can always be taken back


def test_a_change_needs_the_version_that_was_seen_and_a_vote_is_no_other_version(author, reader, emma):
    review = make_review(author.user, emma)
    seen = author.get(f"reviews/{review.pk}/")["ETag"]

    reader.put(f"reviews/{review.pk}/vote/")
    after_vote = author.get(f"reviews/{review.pk}/")["ETag"]
    first = author.change(review.pk, seen=seen, overall=5)
    second = author.change(review.pk, seen=after_vote, overall=1)

    assert after_vote != seen
    assert (first.status_code, kind(second)) == (200, (412, "precondition-failed"))
    assert author.change(review.pk, seen=first["ETag"], overall=2).status_code == 200
    assert kept(emma) == ([0, 1, 0, 0, 0], 5, 3)


def test_a_review_that_is_as_it_was_is_not_sent_again(author, reader, emma):
    path = f"{API}reviews/{make_review(author.user, emma).pk}/"
    etag = author.client.get(path)["ETag"]

    again = author.client.get(path, headers={"If-None-Match": etag})
    theirs = reader.client.get(path, headers={"If-None-Match": etag})

    assert (again.status_code, again["ETag"], theirs.status_code) == (
        304,
        etag,
        200,
    )  # is_yours is not theirs


def test_ones_devices_are_told(author, emma, staff):
    def told(since: int) -> list[tuple[str, bool, int | None]]:
        changes = author.get("me/changes/", since=since).json()["changes"]
        return [
            (one["id"], one["is_deleted"], one["review"] and one["review"]["version"])
            for one in changes
            if one["kind"] == "review"
        ]

    review = author.write(emma).json()["id"]
    since = author.get("me/changes/").json()["next"]
    assert told(0) == [(review, False, 1)]
    assert told(since) == []

    staff.decide(review, "hide", reason="spam")
    assert told(since) == [(review, False, 2)]
    author.delete(f"reviews/{review}/")
    assert told(since) == [(review, True, None)]


def test_a_refusal_leaves_no_trace(author, reader, emma):
    review = make_review(author.user, emma)
    before = author.get("me/changes/").json()["next"]

    author.write(emma)
    author.change(review.pk, seen='"old"', overall=1)
    reader.change(review.pk, overall=1)

    assert author.get("me/changes/").json()["next"] == before
    assert reader.get("me/changes/").json()["next"] == 0


def test_an_account_that_is_switched_off_says_nothing_more(author, emma):
    author.user.is_active = False
    author.user.save()

    assert kind(author.write(emma)) == (404, "account-gone")
    assert kept(emma) == ([0] * 5, 0, 0)


def test_ones_own_reviews_are_listed(author, emma, cy):
    other = make_audiobook("Persuasion")
    make_review(author.user, emma)
    make_review(author.user, other)
    Reviewer(cy).write(emma)

    assert [one["audiobook"]["title"] for one in author.results("me/reviews/")] == ["Persuasion", "Emma"]
    assert [one["audiobook"]["title"] for one in author.results("me/reviews/", audiobook=emma.pk)] == ["Emma"]
