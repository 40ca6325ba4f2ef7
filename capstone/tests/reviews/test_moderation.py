"""Staff see what is reported, decide with a reason, and authors are told."""

import pytest
from cast import keep_promises, make_audiobook, make_user
from django.core import mail
from django.urls import reverse
from reviews.reviewing import Reviewer, counted_anew, kept, kind, make_review

from audiobooks.reviews.models import Decision, Report, Review

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(author, reader, emma) -> Review:
    review = make_review(author.user, emma, text="They marry.")
    reader.put(f"reviews/{review.pk}/report/", {"reason": "spoiler", "note": "It says who."})
    return Review.objects.get(pk=review.pk)


def test_hiding_takes_a_review_out_of_sight_and_rating_and_showing_it_brings_it_back(
    staff, anybody, reported, emma
):
    hidden = staff.decide(reported.pk, "hide", reason="spoiler", note="Set the flag.")
    assert kept(emma) == counted_anew(emma) == ([0] * 5, 0, 0)
    assert anybody.get(f"/api/v1/reviews/{reported.pk}/").status_code == 404

    restored = staff.decide(reported.pk, "restore", note="It has a flag now.")
    assert kept(emma) == counted_anew(emma) == ([0, 0, 0, 1, 0], 5, 3)
    assert anybody.get(f"/api/v1/reviews/{reported.pk}/").status_code == 200

    assert (hidden.status_code, hidden.json()["hidden"]["reason"], hidden.json()["open_reports"]) == (
        200,
        "spoiler",
        0,
    )
    assert (restored.json()["hidden"], restored.json()["reports"]) == (None, [])
    assert [
        (one["action"], one["reason"], one["note"], one["moderator"]) for one in restored.json()["decisions"]
    ] == [
        ("restore", "", "It has a flag now.", "staff"),
        ("hide", "spoiler", "Set the flag.", "staff"),
    ]
    assert Report.objects.get().settled_at is not None


def test_dismissing_changes_nothing_but_the_queue(staff, author, reported, emma):
    before = author.get(f"reviews/{reported.pk}/")

    answer = staff.decide(reported.pk, "dismiss", note="It is in the blurb.")

    assert (answer.status_code, answer.json()["open_reports"]) == (200, 0)
    assert staff.results("staff/reviews/") == []
    after = author.get(f"reviews/{reported.pk}/")
    assert (after.json(), after["ETag"]) == (before.json(), before["ETag"])
    assert kept(emma) == ([0, 0, 0, 1, 0], 5, 3)


def test_a_decision_twice_is_a_conflict_and_an_old_one_is_refused(staff, author, reported):
    seen = staff.get(f"staff/reviews/{reported.pk}/")["ETag"]
    author.change(reported.pk, text="They do not marry.")

    assert kind(staff.decide(reported.pk, "hide", seen=seen, reason="spoiler")) == (
        412,
        "precondition-failed",
    )
    assert kind(staff.decide(reported.pk, "dismiss", seen=seen)) == (412, "precondition-failed")
    assert kind(staff.decide(reported.pk, "restore")) == (409, "not-hidden")
    assert staff.decide(reported.pk, "hide", reason="spam").status_code == 200
    assert kind(staff.decide(reported.pk, "hide", reason="spam")) == (409, "already-hidden")
    assert kind(staff.decide(reported.pk, "dismiss")) == (409, "no-open-reports")
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "boring"}, {"reason": "spam", "note": "x" * 1001}]
)
def test_nothing_is_hidden_without_a_reason(staff, reported, body):
    assert kind(staff.decide(reported.pk, "hide", **body)) == (400, "invalid-input")
    assert Review.objects.get().hidden_at is None


def test_a_hidden_review_that_its_author_changes_stays_hidden_and_goes_to_the_end_of_the_queue(
    staff, author, reader, emma, reported
):
    staff.decide(reported.pk, "hide", reason="spoiler")
    other = make_review(reader.user, emma)
    author.put(f"reviews/{other.pk}/report/", {"reason": "spam"})
    assert [one["author"] for one in staff.results("staff/reviews/")] == ["bo", "cy"]

    changed = author.change(reported.pk, is_spoiler=True, overall=1)

    assert changed.json()["hidden"]["reason"] == "spoiler"
    assert kept(emma) == counted_anew(emma) == ([0, 0, 0, 1, 0], 5, 3)  # the other's alone
    assert [one["author"] for one in staff.results("staff/reviews/")] == ["cy", "bo"]
    assert [one["author"] for one in staff.results("staff/reviews/", state="edited")] == ["bo"]
    assert [one["author"] for one in staff.results("staff/reviews/", state="reported")] == ["cy"]
    assert [one["author"] for one in staff.results("staff/reviews/", state="hidden")] == ["bo"]
    staff.decide(reported.pk, "restore")
    assert kept(emma) == counted_anew(emma) == ([1, 0, 0, 1, 0], 10, 6)


def test_the_queue_costs_three_queries_however_long_it_is_and_shows_twenty_reports(
    staff, emma, author, django_assert_num_queries
):
    review = make_review(author.user, emma)
    readers = [Reviewer(make_user(f"reader-{n}")) for n in range(22)]
    for one in readers:
        one.put(f"reviews/{review.pk}/report/", {"reason": "spam"})
    for one in readers[:5]:
        other = make_review(one.user, emma)
        author.put(f"reviews/{other.pk}/report/", {"reason": "abuse"})

    for limit in (1, 6):
        with django_assert_num_queries(3):
            queue = staff.results("staff/reviews/", limit=limit)
        assert len(queue) == limit

    assert (queue[0]["open_reports"], len(queue[0]["reports"])) == (22, 20)
    assert [one["reporter"] for one in queue[0]["reports"]] == [f"reader-{n}" for n in range(20)]


def test_the_author_is_told_why_and_told_again(staff, reported):
    staff.decide(reported.pk, "hide", reason="spoiler", note="Set the flag.")
    keep_promises()
    staff.decide(reported.pk, "restore")
    keep_promises()

    hidden, restored = mail.outbox
    assert (hidden.subject, hidden.to) == ("Your review is hidden", ["bo@example.org"])
    assert "\nEmma\n" in hidden.body
    assert "The reason: It tells how the story goes, without a warning.\n\nSet the flag.\n" in hidden.body
    assert f"http://127.0.0.1:8000/api/v1/reviews/{reported.pk}/" in hidden.body
    assert "cy" not in hidden.body
    assert (restored.subject, restored.to) == ("Your review is shown again", ["bo@example.org"])


def test_no_letter_tells_what_is_no_longer_so(staff, author, reported):
    staff.decide(reported.pk, "hide", reason="spoiler")
    staff.decide(reported.pk, "restore")
    keep_promises()
    assert [letter.subject for letter in mail.outbox] == ["Your review is shown again"]

    staff.decide(reported.pk, "hide", reason="spoiler")
    author.delete(f"reviews/{reported.pk}/")
    keep_promises()
    assert len(mail.outbox) == 1


def test_without_a_mail_server_a_decision_stands_and_the_log_says_so(staff, reported, settings, caplog):
    settings.EMAIL_HOST = ""

    assert staff.decide(reported.pk, "hide", reason="spam").status_code == 200
    keep_promises()

    assert mail.outbox == []
    assert "EMAIL_HOST is not set" in caplog.text


def test_a_review_of_who_was_switched_off_can_be_hidden_and_nobody_is_written_to(
    staff, author, reported, emma
):
    author.user.is_active = False
    author.user.save()

    assert staff.decide(reported.pk, "hide", reason="abuse").status_code == 200
    keep_promises()

    assert kept(emma) == ([0] * 5, 0, 0)
    assert mail.outbox == []


def test_staff_may_look_at_a_review_that_nobody_reported(staff, author):
    review = make_review(author.user, make_audiobook(status="ready"))

    assert staff.get(f"staff/reviews/{review.pk}/").json()["reports"] == []
    assert staff.decide(review.pk, "hide", reason="off_topic").status_code == 200


def test_the_admin_shows_it_all_and_changes_none_of_it(staff, author, reader, reported, client):
    reader.put(f"reviews/{reported.pk}/vote/")
    staff.decide(reported.pk, "hide", reason="spam")
    boss = make_user("boss", role="staff", is_superuser=True)
    client.force_login(boss)

    for model in ("review", "helpfulvote", "report", "decision", "summarycheck", "summarydifference"):
        page = client.get(
            reverse(f"admin:reviews_{model}_changelist"), {"q": "bo"} if model == "review" else {}
        )
        assert page.status_code == 200
        assert client.get(reverse(f"admin:reviews_{model}_add")).status_code == 403
    one = reverse("admin:reviews_review_change", args=[reported.pk])
    assert client.get(one).status_code == 200
    assert client.post(one, {"overall": 5}).status_code == 403
