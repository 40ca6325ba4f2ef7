"""
Reviews, whom they helped, who complained of them, what staff decided, and what the nightly comparison found.

What a recording shows of all its reviews is the catalogue's: ``catalog.models.Rating``. Whoever wrote or helped is held
fast (PROTECT): an account goes by ``services.reviews_forget``, which takes its stars out of the ratings.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services.ratings import Stars
from audiobooks.ids import new_id

COUNTS = Q(hidden_at=None)  # towards the rating, and for everybody to read
NEEDS_STAFF = Q(open_reports__gt=0) | Q(hidden_at__isnull=False)


class Reason(models.TextChoices):
    """Why a review should not be shown."""

    SPAM = "spam", "It advertises."
    ABUSE = "abuse", "It insults or threatens somebody."
    SPOILER = "spoiler", "It tells how the story goes, without a warning."
    OFF_TOPIC = "off_topic", "It is not about this recording."
    OTHER = "other", "Another reason."


# --8<-- [start:review]
class Review(models.Model):
    """What one listener says of one recording. Plain text; hidden, it is its author's and staff's to see."""

    LONGEST = 5000  # characters

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="reviews", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", db_index=False)
    overall = models.PositiveSmallIntegerField()
    performance = models.PositiveSmallIntegerField()
    story = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=LONGEST, blank=True)
    is_spoiler = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    revision = models.BigIntegerField(help_text="Its author's change, as me/changes/ counts them.")
    helpful_count = models.PositiveIntegerField(default=0)
    open_reports = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField(help_text="Since when staff have had a reason to look.")
    hidden_at = models.DateTimeField(null=True)
    hidden_for = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    hidden_note = models.CharField(max_length=1000, blank=True)

    # --8<-- [end:review]

    class Meta:
        indexes = [
            models.Index(
                fields=["audiobook", "helpful_count", "id"], name="review_by_help", condition=COUNTS
            ),
            models.Index(fields=["audiobook", "created_at", "id"], name="review_by_age", condition=COUNTS),
            models.Index(fields=["audiobook", "overall", "id"], name="review_by_stars", condition=COUNTS),
            models.Index(fields=["queued_at", "id"], name="review_queue", condition=NEEDS_STAFF),
        ]
        constraints = [
            # --8<-- [start:constraints]
            models.UniqueConstraint(fields=["user", "audiobook"], name="review_once"),
            models.CheckConstraint(
                condition=Q(
                    overall__range=(1, 5),
                    performance__range=(1, 5),
                    story__range=(1, 5),
                ),
                name="review_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_for="", hidden_note="")
                | Q(hidden_at__isnull=False, hidden_for__in=Reason.values),
                name="review_hidden_for_a_reason",
            ),
            # --8<-- [end:constraints]
        ]

    def __str__(self) -> str:
        return f"{self.overall} stars for {self.audiobook_id}"

    @property
    def stars(self) -> Stars:
        """What it gives."""
        return Stars(self.overall, self.performance, self.story)

    @property
    def counted(self) -> Stars | None:
        """What it adds to the recording's rating: nothing while it is hidden."""
        return None if self.hidden_at else self.stars


class HelpfulVote(models.Model):
    """A review helped somebody."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.review_id} helped {self.user_id}"


class Report(models.Model):
    """Somebody thinks that a review should not be shown; of ``review_version``. Settled once staff have decided."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.CharField(max_length=1000, blank=True)
    review_version = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["review", "created_at"], name="report_open", condition=Q(settled_at=None))
        ]
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="report_once"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.review_id}"


class Decision(models.Model):
    """What staff decided about a review, and when: kept as long as the review."""

    class Action(models.TextChoices):
        """Hide it, show it again, or find nothing wrong with it."""

        HIDE = "hide"
        RESTORE = "restore"
        DISMISS = "dismiss"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="decisions")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    review_version = models.PositiveIntegerField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(action="hide", reason__in=Reason.values)
                | Q(action__in=["restore", "dismiss"], reason=""),
                name="decision_hides_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.review_id}"


class SummaryCheck(models.Model):
    """One night's comparison of what is shown with what was written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField()
    reviews = models.PositiveIntegerField()
    audiobooks = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}: {self.differences} differences"


class SummaryDifference(models.Model):
    """What was not equal: it was shown as ``kept``, and is ``truth`` since."""

    class Kind(models.TextChoices):
        """Of what, and so whose id it names: a recording's, or a review's."""

        RATING = "rating"
        HELPFUL = "helpful"
        REPORTS = "reports"

    check_of = models.ForeignKey(SummaryCheck, models.CASCADE, related_name="found")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.UUIDField()
    kept = models.CharField(max_length=200)
    truth = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.kind} of {self.object_id}: {self.kept}, not {self.truth}"
