"""Reviews in the admin: to look at. Staff decide by staff/reviews/, so that each decision has its reason and its letter."""

from django.contrib import admin

from audiobooks.read_only import ReadOnlyAdmin
from audiobooks.reviews.models import Decision, HelpfulVote, Report, Review, SummaryCheck, SummaryDifference


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("user", "audiobook", "overall", "helpful_count", "open_reports", "hidden_at")
    list_filter = ("overall", "is_spoiler", "hidden_for")
    list_select_related = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")


@admin.register(HelpfulVote)
class HelpfulVoteAdmin(ReadOnlyAdmin):
    list_display = ("review", "user", "created_at")
    list_select_related = ("review", "user")
    search_fields = ("user__username",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("review", "reporter", "reason", "created_at", "settled_at")
    list_filter = ("reason",)
    list_select_related = ("review", "reporter")
    search_fields = ("reporter__username",)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("review", "moderator", "action", "reason", "decided_at")
    list_filter = ("action", "reason")
    list_select_related = ("review", "moderator")
    search_fields = ("moderator__username",)


@admin.register(SummaryCheck)
class SummaryCheckAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "reviews", "audiobooks", "differences")


@admin.register(SummaryDifference)
class SummaryDifferenceAdmin(ReadOnlyAdmin):
    list_display = ("check_of", "kind", "object_id", "kept", "truth")
    list_filter = ("kind",)
    list_select_related = ("check_of",)
