"""What Ada, Bo and Cy think: stars for sixteen recordings, a warning, a report for staff; once."""

import pytest
from cast import make_audiobook, make_user
from django.utils import timezone

from audiobooks.catalog.models import Audiobook
from audiobooks.demo.opinions import opinions_store
from audiobooks.reviews.models import HelpfulVote, Report, Review
from audiobooks.reviews.selectors import review_queue
from audiobooks.reviews.services import summaries_check

pytestmark = pytest.mark.django_db


def test_the_three_review_sixteen_recordings_once(ada, bo, cy):
    users = {user.username: user for user in (ada, bo, cy, make_user("staff", role="staff"))}
    for n in range(18):
        make_audiobook(duration_ms=1000 - n)
    make_audiobook("Restricted", access="restricted", duration_ms=2000)

    for _ in range(2):
        opinions_store(users, now=timezone.now())

    counts = [one.rated.count for one in Audiobook.objects.select_related("rating").order_by("-duration_ms")]
    assert counts == [0, 3, 2, 2, 1, *[2] * 12, 0, 0]
    assert Review.objects.count() == sum(counts) == 32
    assert [one.text[:10] for one in Review.objects.filter(is_spoiler=True)] == ["At the end"]
    (queued,) = review_queue()
    assert (queued.user, queued.open_reports, Report.objects.get().reporter) == (cy, 1, bo)
    assert HelpfulVote.objects.count() == 5
    assert summaries_check(now=timezone.now()).differences == 0
