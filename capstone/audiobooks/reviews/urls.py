"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.reviews.rest import moderating, reading

urlpatterns = [
    path("audiobooks/<str:id>/reviews/", reading.Reviews.as_view(), name="reviews"),
    path("reviews/<str:id>/", reading.ReviewOne.as_view(), name="review"),
    path("reviews/<str:id>/vote/", reading.ReviewVote.as_view(), name="review-vote"),
    path("reviews/<str:id>/report/", reading.ReviewReport.as_view(), name="review-report"),
    path("me/reviews/", reading.OwnReviews.as_view(), name="own-reviews"),
    path("staff/reviews/", moderating.ReviewQueue.as_view(), name="staff-reviews"),
    path("staff/reviews/<str:id>/", moderating.StaffReview.as_view(), name="staff-review"),
    path("staff/reviews/<str:id>/hide/", moderating.ReviewHide.as_view(), name="staff-review-hide"),
    path("staff/reviews/<str:id>/restore/", moderating.ReviewRestore.as_view(), name="staff-review-restore"),
    path("staff/reviews/<str:id>/dismiss/", moderating.ReportsDismiss.as_view(), name="staff-review-dismiss"),
]
