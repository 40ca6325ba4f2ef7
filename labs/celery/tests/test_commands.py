from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from celery_playground.app import app
from celery_playground.proxy import Proxy
from lab_celery.models import DeadLetter, OutboxRow


@pytest.fixture
def letters(db) -> list[DeadLetter]:
    return [
        DeadLetter.objects.create(
            event_id=uuid4(),
            topic="ordered",
            task=f"shop.{task}",
            ids={"order_id": 7},
            attempts=15,
            reason="ValueError: no such card",
            traceback="Traceback …",
            died_at=timezone.now(),
        )
        for task in ("charge", "thank")
    ]


def test_dead_letters_are_listed_a_line_each(letters, capsys):
    call_command("dead_letters", "list")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [str(letter.pk) for letter in letters]
    assert lines[0].endswith("shop.charge  ValueError: no such card")


def test_a_dead_letter_is_shown_whole(letters, capsys):
    call_command("dead_letters", "show", str(letters[1].pk))

    said = capsys.readouterr().out
    assert f"event_id  {letters[1].event_id}" in said
    assert 'ids       {"order_id": 7}' in said
    assert said.rstrip().endswith("Traceback …")


@pytest.mark.parametrize("command", ["show", "replay"])
def test_a_letter_that_there_is_not_is_named(letters, command):
    with pytest.raises(CommandError, match="There is no dead letter 999999"):
        call_command("dead_letters", command, "999999")


def test_one_letter_is_replayed_or_all(letters):
    call_command("dead_letters", "replay", str(letters[0].pk))
    assert list(OutboxRow.objects.values_list("task", flat=True)) == ["shop.charge"]

    call_command("dead_letters", "replay", "--all")
    assert not DeadLetter.objects.exists()
    assert OutboxRow.objects.filter(sent_at=None).count() == 2


@pytest.mark.parametrize("words", [[], ["7", "--all"]])
def test_a_replay_of_nothing_in_particular_is_refused(db, words):
    with pytest.raises(CommandError, match="or say --all"):
        call_command("dead_letters", "replay", *words)


def test_the_lag_is_printed_and_fails_beyond_what_is_allowed(db, capsys):
    due_at = timezone.now() - timedelta(seconds=90)
    OutboxRow.objects.create(event_id=uuid4(), topic="t", ids={}, due_at=due_at)

    call_command("outbox_lag", "--most", "100")
    with pytest.raises(
        CommandError, match=r"1 waiting, the oldest for 90 s\. Does manage.py outbox_relay run"
    ):
        call_command("outbox_lag", "--most", "80")

    assert capsys.readouterr().out == "1 waiting, the oldest for 90 s\n"


def test_a_relay_that_runs_once_says_what_to_look_at_where_there_is_no_broker(transactional_db, monkeypatch):
    with Proxy(app.conf.broker_url) as gone:
        pass
    OutboxRow.objects.create(event_id=uuid4(), topic="step5.ordered", ids={}, due_at=timezone.now())
    monkeypatch.setitem(app.conf, "broker_write_url", gone.url)

    with pytest.raises(CommandError, match=r"Check CELERY_BROKER_URL\."):
        call_command("outbox_relay", "--once")

    assert OutboxRow.objects.get().sent_at is None


@pytest.mark.parametrize("name", ["", "app", "celery_playground.app.nobody", "no.such.module"])
def test_a_relay_that_has_no_application_says_what_to_write(settings, name):
    settings.LAB_CELERY_APP = name

    with pytest.raises(CommandError, match=rf"LAB_CELERY_APP is '{name}', .* such as 'config\.celery\.app'"):
        call_command("outbox_relay", "--once")
