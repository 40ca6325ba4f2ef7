"""Where a recording stands: every way there is, and none besides."""

from itertools import product

import pytest
from cast import make_audiobook
from catalog.curating import act
from django.db import IntegrityError, transaction

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services import statuses
from lab_celery.models import OutboxRow

pytestmark = pytest.mark.django_db
BY_HAND = ["publish", "withdraw", "restore"]
LEGAL = {
    ("draft", "publish"): "ready",
    ("draft", "withdraw"): "withdrawn",
    ("ready", "withdraw"): "withdrawn",
    ("withdrawn", "restore"): "draft",
}
NAMED = {
    "draft": "What it can do: publish, withdraw.",
    "processing": "Wait for its job, or cancel that.",
    "ready": "What it can do: withdraw.",
    "withdrawn": "What it can do: restore.",
}


@pytest.mark.parametrize(("status", "verb"), list(product(NAMED, BY_HAND)))
def test_a_verb_works_from_its_statuses_and_from_all_others_names_what_does(ada, as_user, status, verb):
    one = make_audiobook(status=status, duration_ms=1)

    answer = act(as_user(ada), f"audiobooks/{one.pk}/", verb)

    one.refresh_from_db()
    if (status, verb) in LEGAL:
        assert (answer.status_code, one.status, one.version) == (200, LEGAL[status, verb], 2)
    else:
        assert (answer.status_code, one.status, one.version) == (409, status, 1)
        assert answer.json()["type"].endswith("#wrong-status")
        assert (
            answer.json()["detail"] == f"This recording is {status}, so it does not {verb}. {NAMED[status]}"
        )


@pytest.mark.parametrize("status", NAMED)
def test_only_a_draft_is_processed_and_only_what_is_processed_is_given_back(status):
    one = make_audiobook(status=status, duration_ms=1)
    outcomes = []
    for move in (
        lambda: statuses.processing_begin(audiobook_id=one.pk),
        lambda: statuses.processing_end(audiobook_id=one.pk, publish=False),
    ):
        try:
            outcomes.append(str(move().status))
        except statuses.WrongStatus:
            outcomes.append("refused")

    assert (
        outcomes
        == {
            "draft": ["processing", "draft"],
            "processing": ["refused", "draft"],
            "ready": ["refused", "refused"],
            "withdrawn": ["refused", "refused"],
        }[status]
    )


def test_becoming_ready_is_an_event_and_nothing_else_is(ada, as_user):
    one = make_audiobook(status="draft", duration_ms=1)

    for verb in ("publish", "withdraw", "restore"):
        act(as_user(ada), f"audiobooks/{one.pk}/", verb)

    assert list(OutboxRow.objects.values_list("topic", "ids")) == [
        ("catalog.audiobook_ready", {"audiobook_id": str(one.pk)})
    ]


@pytest.mark.parametrize("change", [{"status": "lost"}, {"status": "ready", "duration_ms": 0}])
def test_the_database_knows_no_other_status_and_nothing_ready_without_sound(change):
    one = make_audiobook(status="draft")

    with pytest.raises(IntegrityError), transaction.atomic():
        Audiobook.objects.filter(pk=one.pk).update(**change)
