"""What discovery's answers look like."""

from typing import Any

from rest_framework import serializers

from audiobooks.catalog.rest import examples
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.shapes import AudiobookCard, BookName, PersonName, SeriesOut
from audiobooks.discovery.facets import Facet
from audiobooks.discovery.home import SHELVES, Item, Reason, Shelf
from audiobooks.discovery.selectors import Closeness, Suggestion


class FacetValue(serializers.Serializer[Facet]):
    """One value to narrow by."""

    value = serializers.CharField(help_text="For the filter of the facet's name.")
    label = serializers.CharField(help_text="For people.")  # type: ignore[assignment]
    count = serializers.IntegerField(help_text="How many recordings it leaves.")


class Facets(serializers.Serializer[Any]):
    """What the found are made up of: up to 20 values each, the commonest first."""

    language = FacetValue(many=True)
    genre = FacetValue(many=True)
    author = FacetValue(many=True)
    narrator = FacetValue(many=True)


@shown_as(
    {
        "results": [examples.AUDIOBOOK_CARD],
        "next": None,
        "previous": None,
        "closeness": "words",
        "facets": {
            "language": [{"value": "en", "label": "en", "count": 1}],
            "genre": [{"value": "novel", "label": "Novel", "count": 1}],
            "author": [{"value": examples.AUTHOR["id"], "label": "Jane Austen", "count": 1}],
            "narrator": [{"value": examples.NARRATOR["id"], "label": "Edith", "count": 1}],
        },
    }
)
class SearchOut(serializers.Serializer[Any]):
    """A page of what was found, the best first."""

    results = AudiobookCard(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")
    previous = serializers.URLField(allow_null=True, help_text="The previous page; null on the first.")
    count = serializers.IntegerField(required=False, help_text="Only when `count` was asked for.")
    closeness = serializers.ChoiceField(
        choices=[one.value for one in Closeness],
        help_text="What the results have: all `words`; all but words such as *the*; words one letter apart, or longer; "
        "or letters in common.",
    )
    facets = Facets(allow_null=True, help_text="On the first page; null on the others.")


class SuggestionOut(serializers.Serializer[Suggestion]):
    """Something to look for."""

    kind = serializers.ChoiceField(choices=["audiobook", "person", "series"])
    id = serializers.UUIDField()
    text = serializers.CharField()


@shown_as(
    {
        "suggestions": [
            {"kind": "audiobook", "id": examples.AUDIOBOOK_CARD["id"], "text": "Emma"},
            {"kind": "person", "id": examples.AUTHOR["id"], "text": "Jane Austen"},
        ]
    }
)
class SuggestionsOut(serializers.Serializer[Any]):
    """What could be meant, the likeliest first."""

    suggestions = SuggestionOut(many=True)


class ReasonOut(serializers.Serializer[Reason]):
    """Why it is there."""

    people = PersonName(many=True, help_text="Whom you follow.")
    series = SeriesOut(many=True, help_text="What you follow, or what goes on.")
    after = BookName(allow_null=True, help_text="What you heard last of the series.")


class HomeItemOut(serializers.Serializer[Item]):
    """A recording on a shelf."""

    audiobook = AudiobookCard()
    position_ms = serializers.IntegerField(allow_null=True, help_text="Where you are, on the first shelf.")
    heard_at = serializers.DateTimeField(allow_null=True)
    reason = ReasonOut()


class HomeShelfOut(serializers.Serializer[Shelf]):
    """One shelf, the most urgent first."""

    kind = serializers.ChoiceField(choices=SHELVES)
    items = HomeItemOut(many=True)


@shown_as(
    {
        "shelves": [
            {
                "kind": "continue_listening",
                "items": [
                    {
                        "audiobook": examples.AUDIOBOOK_CARD,
                        "position_ms": 754_000,
                        "heard_at": "2026-01-04T21:40:00Z",
                        "reason": {"people": [], "series": [], "after": None},
                    }
                ],
            },
            {
                "kind": "next_in_series",
                "items": [
                    {
                        "audiobook": examples.AUDIOBOOK_CARD,
                        "position_ms": None,
                        "heard_at": None,
                        "reason": {"people": [], "series": [examples.SERIES], "after": examples.BOOK_NAME},
                    }
                ],
            },
            {"kind": "new_from_followed", "items": []},
        ]
    }
)
class HomeOut(serializers.Serializer[Any]):
    """The home page."""

    shelves = HomeShelfOut(many=True, min_length=3, max_length=3)  # type: ignore[call-arg]  # the list's
