"""Every table says what it holds of people: a new one fails here until somebody says so."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps
from rights.life import holdings_of, make_life

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Book
from audiobooks.media.models import Job
from audiobooks.personal_data import Held
from audiobooks.rights.holdings import columns_of, declared, gaps, is_a_users

MODELS = apps.get_models(include_auto_created=True)


def test_every_table_and_column_is_declared():
    assert list(gaps(MODELS, *declared())) == []


def test_every_table_with_a_path_to_a_user_is_exported_or_says_why_not():
    held, _ = declared()
    silent = [
        model._meta.label
        for model in MODELS
        if model is User or any(is_a_users(field) for field in columns_of(model))
        if not any(one.model is model and one.about for one in held)
    ]

    assert silent == []


@pytest.mark.django_db
def test_the_database_has_no_table_that_no_model_knows():
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    known = {model._meta.db_table for model in MODELS} | {"django_migrations"}

    assert {name for name in there - known if not name.startswith("playback_positionevent_")} == set()


@pytest.mark.django_db
def test_somebody_who_used_everything_has_a_row_in_every_table_that_holds_any():
    assert [one.name for one, count in holdings_of(make_life()) if count == 0] == []


@isolate_apps("audiobooks.rights")
def test_what_nobody_declared_is_named():
    class Diary(models.Model):  # noqa: DJ008
        owner = models.ForeignKey(User, models.CASCADE)
        text = models.TextField()

        class Meta:
            app_label = "rights"

    class Page(models.Model):  # noqa: DJ008
        diary = models.ForeignKey(Diary, models.CASCADE)
        ip_address = models.GenericIPAddressField()

        class Meta:
            app_label = "rights"

    held = [Held(Diary, "owner", "Diaries.", stays={"owner": None})]

    assert list(gaps([Diary, Page], held, {})) == [
        "rights.Diary.text stays: overwrite it, or say why not.",
        "rights.Page: declare it in its app's personal_data.py, in HELD or in NOBODYS.",
    ]
    assert list(gaps([Page], [], {Page: "Nothing."})) == [
        "rights.Page.diary is nobody's, yet tells of somebody.",
        "rights.Page.ip_address is nobody's, yet tells of somebody.",
    ]
    assert list(gaps([Book], [], {Book: "Works."})) == []
    twice = [Held(Job, "curator", "Jobs."), Held(Job, "curator", "Jobs again.")]
    assert set(gaps([], twice, {})) == {"media/job: two declarations, and one name in a copy."}
    assert list(gaps([Job], [Held(Job, "curator", "Jobs.", stays={"reason": ""})], {})) == [
        f"media.Job.{column} stays: overwrite it, or say why not."
        for column in ("curator", "digest", "state", "stage", "reason_code")
    ]
