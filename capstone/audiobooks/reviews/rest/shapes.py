"""What reviews look like, and what listeners and staff send."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.inputs import PlainTextField
from audiobooks.catalog.services.ratings import Stars
from audiobooks.library.rest.shapes import OwnBookOut
from audiobooks.reviews.models import Decision, Reason, Report, Review
from audiobooks.reviews.rest import examples
from audiobooks.reviews.services import ReviewChange
from lab_rest.serializers import StrictSerializer

LONGEST_NOTE = 1000


def stars_field(**options: Any) -> serializers.IntegerField:
    """Return a field of 1 to 5 stars."""
    return serializers.IntegerField(min_value=1, max_value=5, **options)


class HiddenOut(serializers.Serializer[Review]):
    """Why it is not shown to others."""

    at = serializers.DateTimeField(source="hidden_at")
    reason = serializers.ChoiceField(source="hidden_for", choices=Reason.choices)
    note = serializers.CharField(source="hidden_note", help_text="What staff say to the author.")


class ReviewText(serializers.Serializer[Any]):
    """What everybody is shown of a review."""

    id = serializers.UUIDField()
    audiobook = OwnBookOut()
    author = serializers.CharField(source="user.username")
    overall = serializers.IntegerField()
    performance = serializers.IntegerField(help_text="Of the reading.")
    story = serializers.IntegerField(help_text="Of the work.")
    text = serializers.CharField(help_text="Plain text; may be empty.")
    is_spoiler = serializers.BooleanField(help_text="Its author warns: do not show the text unasked.")
    helpful_count = serializers.IntegerField(help_text="How many others found it helpful.")
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    hidden = serializers.SerializerMethodField(help_text="Told to its author and staff; others get a 404.")
    version = serializers.IntegerField()

    @extend_schema_field(HiddenOut(allow_null=True))
    def get_hidden(self, review: Review) -> Any:
        """Return why it is hidden; None where it is not."""
        return HiddenOut(review).data if review.hidden_at else None


@shown_as(examples.REVIEW)
class ReviewOut(ReviewText):
    """A review, and what the caller has to do with it."""

    is_yours = serializers.BooleanField()
    found_helpful = serializers.BooleanField(help_text="Whether you said that it helped.")


@shown_as(examples.REVIEW_CHANGE_IN)
class ReviewChangeIn(StrictSerializer):
    """What to change of a review; what is left out stays."""

    overall = stars_field(required=False)
    performance = stars_field(required=False, help_text="Of the reading.")
    story = stars_field(required=False, help_text="Of the work.")
    text = PlainTextField(max_length=Review.LONGEST, required=False, allow_blank=True)
    is_spoiler = serializers.BooleanField(required=False)

    @property
    def change(self) -> ReviewChange:
        """What the service is to do."""
        return ReviewChange(**self.validated_data)


@shown_as(examples.REVIEW_IN)
class ReviewIn(ReviewChangeIn):
    """A new review: stars on all three axes, with words or without."""

    overall = stars_field()
    performance = stars_field(help_text="Of the reading.")
    story = stars_field(help_text="Of the work.")

    @property
    def stars(self) -> Stars:
        """What it gives."""
        return Stars(**{axis: self.validated_data[axis] for axis in ("overall", "performance", "story")})


@shown_as(examples.REPORT_IN)
class ReportIn(StrictSerializer):
    """Why a review should not be shown."""

    reason = serializers.ChoiceField(choices=Reason.choices)
    note = PlainTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True)


@shown_as(examples.REPORT)
class ReportOut(serializers.Serializer[Report]):
    """Your report."""

    reason = serializers.ChoiceField(choices=Reason.choices)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True, help_text="When staff decided.")


@shown_as(examples.HIDE_IN)
class HideIn(StrictSerializer):
    """Why a review is to be hidden."""

    reason = serializers.ChoiceField(choices=Reason.choices)
    note = PlainTextField(
        max_length=LONGEST_NOTE, required=False, allow_blank=True, help_text="The author reads it."
    )


@shown_as(examples.NOTE_IN)
class NoteIn(StrictSerializer):
    """What there is to say of a decision."""

    note = PlainTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class StaffReportOut(ReportOut):
    """A report, and who made it."""

    reporter = serializers.SerializerMethodField(help_text="A username; null where the account is gone.")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_reporter(self, report: Report) -> str | None:
        """Return who reported."""
        return report.reporter.username if report.reporter else None


class DecisionOut(serializers.Serializer[Decision]):
    """What was decided before."""

    action = serializers.ChoiceField(choices=Decision.Action.choices)
    reason = serializers.CharField()
    note = serializers.CharField()
    moderator = serializers.SerializerMethodField(help_text="A username; null where the account is gone.")
    decided_at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_moderator(self, decision: Decision) -> str | None:
        """Return who decided."""
        return decision.moderator.username if decision.moderator else None


@shown_as(examples.STAFF_REVIEW)
class StaffReviewOut(ReviewText):
    """A review as staff see it."""

    queued_at = serializers.DateTimeField(help_text="Since when there is a reason to look.")
    open_reports = serializers.IntegerField()
    reports = StaffReportOut(many=True, source="reports_shown", help_text="The first 20 open ones.")
    decisions = DecisionOut(many=True, source="decisions_shown", help_text="The last 20.")
