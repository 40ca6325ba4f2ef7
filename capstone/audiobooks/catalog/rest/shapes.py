"""What the catalogue's answers look like. A shape reads attributes that the selector has loaded; it never queries."""

from collections.abc import Iterable
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audiobooks.catalog.covers import addressed, cover_addresses
from audiobooks.catalog.models import (
    Audiobook,
    Book,
    Chapter,
    Cover,
    Credit,
    ExternalId,
    Genre,
    Person,
    Publisher,
    Rating,
    Series,
    SeriesEntry,
)
from audiobooks.catalog.rest import examples
from audiobooks.catalog.rest.examples import shown_as


class PersonName(serializers.Serializer[Person]):
    """Enough of a person for a link."""

    id = serializers.UUIDField()
    name = serializers.CharField()


@shown_as(examples.PERSON)
class PersonOut(PersonName):
    """A person."""

    born_year = serializers.IntegerField(allow_null=True, help_text="Negative before the common era.")
    died_year = serializers.IntegerField(allow_null=True)
    is_synthetic = serializers.BooleanField(help_text="A synthesised voice, not a human being.")


@shown_as(examples.GENRE)
class GenreOut(serializers.Serializer[Genre]):
    """A genre and the one above it."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    parent = serializers.SlugField(  # type: ignore[assignment]  # the stubs know another Field.parent
        source="parent_id", allow_null=True, help_text="Slug of the genre above, or null."
    )


@shown_as(examples.PUBLISHER)
class PublisherOut(serializers.Serializer[Publisher]):
    """A publisher."""

    id = serializers.UUIDField()
    name = serializers.CharField()


@shown_as(examples.SERIES)
class SeriesOut(serializers.Serializer[Series]):
    """A series."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class SeriesPlace(serializers.Serializer[SeriesEntry]):
    """A book's place in one series."""

    id = serializers.UUIDField(source="series.id")
    name = serializers.CharField(source="series.name")
    sequence = serializers.DecimalField(max_digits=8, decimal_places=3, normalize_output=True)
    label = serializers.CharField(  # type: ignore[assignment]
        help_text="What to show instead of the number, where there is something."
    )


class BookName(serializers.Serializer[Book]):
    """Enough of a work for a link."""

    id = serializers.UUIDField()
    title = serializers.CharField()


@shown_as(examples.SERIES_BOOK)
class SeriesBook(serializers.Serializer[SeriesEntry]):
    """One book of a series, with its place."""

    sequence = serializers.DecimalField(max_digits=8, decimal_places=3, normalize_output=True)
    label = serializers.CharField()  # type: ignore[assignment]
    book = BookName()


@shown_as(examples.BOOK)
class BookOut(BookName):
    """A work: what all its recordings share."""

    subtitle = serializers.CharField()
    original_language = serializers.CharField(help_text="BCP 47.")
    first_published_year = serializers.IntegerField(allow_null=True)
    authors = serializers.SerializerMethodField()
    genres = GenreOut(many=True)
    series = SeriesPlace(many=True, source="series_entries")

    @extend_schema_field(PersonName(many=True))
    def get_authors(self, book: Book) -> list[dict[str, Any]]:
        """Return the authors named on its recordings, each once."""
        people = {
            credit.person_id: credit.person
            for recording in book.audiobooks.all()
            for credit in authors_on(recording)
        }
        return names_of(people.values())


class CoverOut(serializers.Serializer[Cover]):
    """A picture in every size there is."""

    sha256 = serializers.CharField()
    description = serializers.CharField(help_text="The picture's text alternative.")
    urls = serializers.SerializerMethodField(
        help_text="Width in pixels → address; what an address answers never changes."
    )

    def get_urls(self, cover: Cover) -> dict[str, str]:
        """Return the addresses by width."""
        return cover_addresses(cover.sha256)


class RatingOut(serializers.Serializer[Rating]):
    """What listeners think: averages of 1 to 5 stars, null where nobody has given any."""

    count = serializers.IntegerField(help_text="How many listeners gave stars.")
    overall = serializers.FloatField(allow_null=True)
    performance = serializers.FloatField(allow_null=True, help_text="Of the reading.")
    story = serializers.FloatField(allow_null=True, help_text="Of the work.")
    histogram = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=5,
        max_length=5,
        help_text="How many gave 1, 2, 3, 4 and 5 stars overall.",
    )


@shown_as(examples.AUDIOBOOK_CARD)
class AudiobookCard(serializers.Serializer[Audiobook]):
    """A recording as lists show it."""

    id = serializers.UUIDField()
    title = serializers.CharField(help_text="In the recording's language.")
    subtitle = serializers.CharField()
    language = serializers.CharField(help_text="BCP 47.")
    is_abridged = serializers.BooleanField()
    released_on = serializers.DateField()
    duration_ms = serializers.IntegerField()
    access = serializers.ChoiceField(
        choices=Audiobook.Access.choices, help_text="`restricted` needs a grant to be heard."
    )
    status = serializers.ChoiceField(
        choices=Audiobook.Status.choices, help_text="Listeners see only `ready`."
    )
    book = BookName()
    authors = serializers.SerializerMethodField()
    narrators = serializers.SerializerMethodField()
    genres = GenreOut(many=True, source="book.genres")
    series = SeriesPlace(many=True, source="book.series_entries")
    cover = CoverOut(allow_null=True)
    rating = RatingOut(source="rated")

    @extend_schema_field(PersonName(many=True))
    def get_authors(self, audiobook: Audiobook) -> list[dict[str, Any]]:
        """Return the authors, in order."""
        return names_of(people_in(audiobook, Credit.Role.AUTHOR))

    @extend_schema_field(PersonName(many=True))
    def get_narrators(self, audiobook: Audiobook) -> list[dict[str, Any]]:
        """Return the narrators, in order."""
        return names_of(people_in(audiobook, Credit.Role.NARRATOR))

    def to_representation(self, audiobook: Audiobook) -> dict[str, Any]:
        """Return the card: as it is kept where ``audiobooks_shown`` brought it; without a cover it has ``cover: null``."""
        if (kept := audiobook.__dict__.get("card")) is not None:
            card: dict[str, Any] = msgspec.json.decode(addressed(kept))
            return card
        if not hasattr(audiobook, "cover"):
            audiobook.cover = None
        return super().to_representation(audiobook)


class CreditOut(serializers.Serializer[Credit]):
    """Who did what."""

    role = serializers.ChoiceField(choices=Credit.Role.choices)
    person = PersonName()


class ExternalIdOut(serializers.Serializer[ExternalId]):
    """What another catalogue calls it."""

    scheme = serializers.ChoiceField(choices=ExternalId.Scheme.choices)
    value = serializers.CharField()


@shown_as(examples.AUDIOBOOK)
class AudiobookOut(AudiobookCard):
    """A recording, whole."""

    summary = serializers.CharField()
    publisher = PublisherOut(allow_null=True)
    credits = CreditOut(many=True)
    external_ids = ExternalIdOut(many=True)
    version = serializers.IntegerField(help_text="Grows with every change.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@shown_as(examples.CHAPTER)
class ChapterOut(serializers.Serializer[Chapter]):
    """A named stretch of the recording: [start_ms, end_ms)."""

    position = serializers.IntegerField(help_text="1 for the first.")
    title = serializers.CharField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()


def people_in(audiobook: Audiobook, role: Credit.Role) -> list[Person]:
    """Return the people of one role, in the order of the loaded credits."""
    return [credit.person for credit in audiobook.credits.all() if credit.role == role]


def authors_on(audiobook: Audiobook) -> Iterable[Credit]:
    """Return the credits that ``selectors.book_cards`` loaded."""
    loaded: Iterable[Credit] = audiobook.author_credits  # type: ignore[attr-defined]
    return loaded


def names_of(people: Iterable[Person]) -> list[dict[str, Any]]:
    """Return people as links."""
    return [{"id": str(person.id), "name": person.name} for person in people]
