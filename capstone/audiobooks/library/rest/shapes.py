"""What the library answers, and what listeners send."""

from typing import Any

from rest_framework import serializers

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.inputs import PlainTextField
from audiobooks.library.models import LibraryEntry
from audiobooks.library.rest import examples
from audiobooks.library.services.bookmarks import BookmarkDetails
from lab_rest.serializers import StrictSerializer

LONGEST_MS = 2**31 - 1


class OwnBookOut(serializers.ModelSerializer[Audiobook]):
    """The recording."""

    class Meta:
        model = Audiobook
        fields = ("id", "title", "duration_ms")
        read_only_fields = fields


@shown_as(examples.ENTRY)
class EntryOut(serializers.Serializer[Any]):
    """A recording in the library."""

    audiobook = OwnBookOut()
    state = serializers.ChoiceField(choices=LibraryEntry.State.choices)
    changed_at = serializers.DateTimeField()
    revision = serializers.IntegerField(help_text="The listener's change that put it there.")


@shown_as(examples.ENTRY_IN)
class EntryIn(StrictSerializer):
    """How far it has come."""

    state = serializers.ChoiceField(choices=LibraryEntry.State.choices)


@shown_as(examples.SHELF)
class ShelfOut(serializers.Serializer[Any]):
    """A shelf."""

    id = serializers.UUIDField(source="client_id", help_text="As your device chose it.")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="How many recordings stand on it.")
    created_at = serializers.DateTimeField()
    revision = serializers.IntegerField()


@shown_as(examples.SHELF_IN)
class ShelfIn(StrictSerializer):
    """What it is called."""

    name = PlainTextField(max_length=120)


@shown_as(examples.ITEM)
class ItemOut(serializers.Serializer[Any]):
    """A recording on a shelf."""

    id = serializers.UUIDField()
    shelf = serializers.UUIDField(source="shelf.client_id")
    audiobook = OwnBookOut()
    rank = serializers.IntegerField(help_text="Items stand in its order; it means nothing else.")
    revision = serializers.IntegerField()


@shown_as(examples.ITEM_IN)
class ItemIn(StrictSerializer):
    """Which recording, and where it is to stand."""

    audiobook = serializers.UUIDField()
    after = serializers.UUIDField(
        allow_null=True,
        required=False,
        help_text="The recording before it; null: first; left out: last.",
    )


@shown_as(examples.BOOKMARK)
class BookmarkOut(serializers.Serializer[Any]):
    """A place to find again; a clip, where it has an end."""

    id = serializers.UUIDField(source="client_id", help_text="As your device chose it.")
    audiobook = OwnBookOut()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    revision = serializers.IntegerField()


@shown_as(examples.BOOKMARK_IN)
class BookmarkIn(StrictSerializer):
    """A bookmark as it shall be."""

    audiobook = serializers.UUIDField()
    start_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_MS)
    end_ms = serializers.IntegerField(
        min_value=1, max_value=LONGEST_MS, allow_null=True, required=False, help_text="Makes it a clip."
    )
    note = PlainTextField(max_length=1000, required=False, allow_blank=True)

    @property
    def details(self) -> BookmarkDetails:
        """What the service is to keep."""
        given = dict(self.validated_data)
        return BookmarkDetails(audiobook_id=given.pop("audiobook"), **given)
