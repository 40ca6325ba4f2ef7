"""What a search, and what a suggestion, may be asked."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest.filters import AudiobookFilter

LONGEST = 200  # characters


class AskedFilter(filters.CharFilter):
    """What is looked for. It narrows nothing here: the view asks the selector."""

    def __init__(self) -> None:
        super().__init__(required=True, max_length=LONGEST)

    def filter(self, qs: QuerySet[Audiobook], value: str) -> QuerySet[Audiobook]:
        """Return all."""
        return qs


class SearchFilter(AudiobookFilter):
    """What recordings are looked for by, and narrowed by: the list's filters."""

    q = AskedFilter()


class SuggestFilter(filters.FilterSet):
    """What has been typed so far."""

    q = AskedFilter()

    class Meta:
        model = Audiobook
        fields: tuple[str, ...] = ()
