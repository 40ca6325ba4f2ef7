"""
What search looks in: a document for each recording, person and series.

PostgreSQL's triggers write them (migration 0002), in the transaction of whatever they are made from: so a writer finds what
they wrote, and nothing that changes a row can forget to. A document goes with its row (ON DELETE CASCADE in the database).
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from audiobooks.catalog.models import Audiobook, Person, Series


class Document(models.Model):
    """What all documents have; text in them is folded: small letters and digits, one space between words."""

    title = models.TextField(help_text="The title or name.", db_collation="C")
    near = SearchVectorField(help_text="Words of title and names, and each of them with one letter less.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class AudiobookDocument(Document):
    """Of a recording."""

    audiobook = models.OneToOneField(
        Audiobook, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="document"
    )
    names = models.TextField(help_text="The title, the work's title, series and people.")
    words = SearchVectorField(
        help_text="Lexemes by weight: A title, B people and series, C about it, D summary."
    )

    class Meta:
        indexes = [
            models.Index(fields=["title", "audiobook"], name="audiobook_begins"),
            GinIndex(fields=["words"], name="audiobook_words"),
            GinIndex(fields=["near"], name="audiobook_near_words"),
            GinIndex(OpClass("names", name="gin_trgm_ops"), name="audiobook_names_alike"),
        ]


class PersonDocument(Document):
    """Of a person."""

    person = models.OneToOneField(
        Person, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="document"
    )

    class Meta:
        indexes = [
            models.Index(fields=["title", "person"], name="person_begins"),
            GinIndex(fields=["near"], name="person_near_words"),
        ]


class SeriesDocument(Document):
    """Of a series."""

    series = models.OneToOneField(
        Series, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="document"
    )

    class Meta:
        verbose_name_plural = "series documents"
        indexes = [
            models.Index(fields=["title", "series"], name="series_begins"),
            GinIndex(fields=["near"], name="series_near_words"),
        ]
