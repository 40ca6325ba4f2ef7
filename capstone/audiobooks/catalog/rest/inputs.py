"""What curators send. A field that is not named here is refused, so nothing can be assigned that is not meant to be."""

from typing import Any

from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from audiobooks.catalog.models import Audiobook, Credit
from audiobooks.catalog.models.works import language_tag
from audiobooks.catalog.rest import examples
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.services import people, recordings, works
from audiobooks.catalog.text import plain_text
from lab_rest.serializers import StrictSerializer


class PlainTextField(serializers.CharField):
    """Text without markup: measured as it was sent, what a caller sends of markup is taken out before it is kept."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it will be kept."""
        if self.max_length is not None and isinstance(data, str) and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        text = super().to_internal_value(data)
        ProhibitSurrogateCharactersValidator()(text)  # half a character: nothing can clean it
        cleaned = plain_text(text)
        if not cleaned and not self.allow_blank:
            self.fail("blank")
        if self.max_length is not None and len(cleaned) > self.max_length:  # some letters are two in NFC
            self.fail("max_length", max_length=self.max_length)
        return cleaned


class YearField(serializers.IntegerField):
    """A year; negative before the common era."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=-3000, max_value=2100, **options)


class CreditIn(StrictSerializer):
    """Who did what."""

    person = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Credit.Role.choices)


@shown_as(examples.AUDIOBOOK_CHANGE_IN)
class AudiobookChangeIn(StrictSerializer):
    """What to change of a recording; what is left out stays."""

    title = PlainTextField(max_length=300, required=False)
    subtitle = PlainTextField(max_length=300, required=False, allow_blank=True)
    summary = PlainTextField(max_length=5000, required=False, allow_blank=True)
    language = serializers.CharField(
        max_length=35, required=False, validators=[language_tag], help_text="BCP 47."
    )
    is_abridged = serializers.BooleanField(required=False)
    released_on = serializers.DateField(required=False)
    access = serializers.ChoiceField(choices=Audiobook.Access.choices, required=False)
    publisher = serializers.UUIDField(required=False)
    credits = CreditIn(many=True, required=False, max_length=recordings.MOST_CREDITS)  # type: ignore[call-arg]  # the list's

    @property
    def change(self) -> recordings.AudiobookChange:
        """What the service is to do."""
        given = {name: value for name, value in self.validated_data.items() if name != "book"}
        if "publisher" in given:
            given["publisher_id"] = given.pop("publisher")
        if "credits" in given:
            given["credits"] = tuple(
                recordings.CreditDetails(c["person"], c["role"]) for c in given["credits"]
            )
        return recordings.AudiobookChange(**given)


@shown_as(examples.AUDIOBOOK_IN)
class AudiobookIn(AudiobookChangeIn):
    """A new recording of a book."""

    book = serializers.UUIDField()
    title = PlainTextField(max_length=300, help_text="In the recording's language.")
    language = serializers.CharField(max_length=35, validators=[language_tag], help_text="BCP 47.")
    released_on = serializers.DateField()


class ChapterIn(StrictSerializer):
    """A chapter: [start_ms, end_ms)."""

    title = PlainTextField(max_length=300)
    start_ms = serializers.IntegerField(min_value=0, max_value=2**53)
    end_ms = serializers.IntegerField(min_value=1, max_value=2**53)


@shown_as(examples.CHAPTERS_IN)
class ChaptersIn(StrictSerializer):
    """All chapters of a recording, in order."""

    chapters = ChapterIn(many=True, max_length=recordings.MOST_CHAPTERS)  # type: ignore[call-arg]  # the list's

    @property
    def details(self) -> list[recordings.ChapterDetails]:
        """What the service is to do."""
        return [recordings.ChapterDetails(**chapter) for chapter in self.validated_data["chapters"]]


@shown_as(examples.BOOK_IN)
class BookChangeIn(StrictSerializer):
    """What to change of a work; what is left out stays."""

    title = PlainTextField(max_length=300, required=False)
    subtitle = PlainTextField(max_length=300, required=False, allow_blank=True)
    original_language = serializers.CharField(max_length=35, required=False, validators=[language_tag])
    first_published_year = YearField(required=False)
    genres = serializers.ListField(
        child=serializers.SlugField(), required=False, max_length=20, help_text="Slugs."
    )

    @property
    def change(self) -> works.BookChange:
        """What the service is to do."""
        given = dict(self.validated_data)
        if "genres" in given:
            given["genres"] = tuple(given["genres"])
        return works.BookChange(**given)


class BookIn(BookChangeIn):
    """A new work."""

    title = PlainTextField(max_length=300)
    original_language = serializers.CharField(max_length=35, validators=[language_tag], help_text="BCP 47.")


@shown_as(examples.PERSON_IN)
class PersonChangeIn(StrictSerializer):
    """What to change of a person; what is left out stays."""

    name = PlainTextField(max_length=200, required=False)
    filed_as = PlainTextField(
        max_length=200, required=False, allow_blank=True, help_text='"Brontë, Charlotte".'
    )
    born_year = YearField(required=False)
    died_year = YearField(required=False)
    is_synthetic = serializers.BooleanField(required=False)

    @property
    def change(self) -> people.PersonChange:
        """What the service is to do."""
        return people.PersonChange(**self.validated_data)


class PersonIn(PersonChangeIn):
    """A new person."""

    name = PlainTextField(max_length=200)


@shown_as(examples.MERGE_IN)
class MergeIn(StrictSerializer):
    """Whom to merge a duplicate into."""

    into = serializers.UUIDField(help_text="The person who stays.")
