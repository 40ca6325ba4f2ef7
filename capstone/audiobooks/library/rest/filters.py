"""What a listener's lists are filtered by."""

from django_filters import ChoiceFilter, FilterSet, UUIDFilter

from audiobooks.library.models import LibraryEntry


class EntryFilter(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=LibraryEntry.State.choices, label="How far it has come.")


class BookmarkFilter(FilterSet):
    """By recording."""

    audiobook = UUIDFilter(field_name="audiobook_id", label="In this recording.")
