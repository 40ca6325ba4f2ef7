"""The allow-lists of what a list may be narrowed by. A parameter that is not here is a 400 that names those that are."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import IntegerField
from django_filters import rest_framework as filters

from audiobooks.catalog import selectors
from audiobooks.catalog.models import Audiobook, Book, Credit, Person, Publisher, Series
from audiobooks.catalog.sorting import sort_key


class WordsFilter(filters.CharFilter):
    """Rows whose sort text contains every word: case, accents and the shape of apostrophes do not matter."""

    def __init__(self, field_name: str) -> None:
        super().__init__(
            field_name=field_name,
            max_length=100,
            help_text="Words, in any order, without regard to case or accents.",
        )

    def filter(self, qs: QuerySet[Book], value: str) -> QuerySet[Book]:
        """Narrow ``qs``; no words narrow nothing."""
        for word in sort_key(value or "").split():
            qs = qs.filter(**{f"{self.field_name}__contains": word})
        return qs


class LanguageFilter(filters.CharFilter):
    """Rows in a language: `pt` finds pt-BR and pt-PT, `pt-BR` itself alone."""

    def filter(self, qs: QuerySet[Audiobook], value: str) -> QuerySet[Audiobook]:
        """Narrow ``qs`` to the tag and what lies below it."""
        if not value:
            return qs
        return qs.filter(Q(**{self.field_name: value}) | Q(**{f"{self.field_name}__startswith": f"{value}-"}))


class CreditFilter(filters.UUIDFilter):
    """Recordings that a person is credited on, in one role or in any."""

    def __init__(self, role: Credit.Role | None = None) -> None:
        super().__init__(help_text=f"A person's id: credited as {role.value if role else 'anything'}.")
        self.role = role

    def filter(self, qs: QuerySet[Audiobook], value: UUID | None) -> QuerySet[Audiobook]:
        """Narrow ``qs`` to the person's recordings."""
        if value is None:
            return qs
        credited = Credit.objects.filter(audiobook=OuterRef("pk"), person=value)
        return qs.filter(Exists(credited.filter(role=self.role) if self.role else credited))


class MillisecondsFilter(filters.NumberFilter):
    """A bound of a length of time: whole milliseconds, as columns hold them."""

    field_class = IntegerField

    def __init__(self, field_name: str, lookup: str) -> None:
        super().__init__(field_name, lookup, min_value=0, max_value=2**53)


class AudiobookFilter(filters.FilterSet):
    """What audiobooks may be narrowed by."""

    q = WordsFilter("sort_title")
    book = filters.UUIDFilter("book_id")
    author = CreditFilter(Credit.Role.AUTHOR)
    narrator = CreditFilter(Credit.Role.NARRATOR)
    person = CreditFilter()
    series = filters.UUIDFilter("book__series_entries__series_id")
    publisher = filters.UUIDFilter("publisher_id")
    genre = filters.CharFilter(
        method="in_genre", max_length=60, help_text="A genre's slug; genres below it count."
    )
    language = LanguageFilter("language", max_length=35, help_text="BCP 47; `pt` finds pt-BR too.")
    access = filters.ChoiceFilter(choices=Audiobook.Access.choices)
    status = filters.ChoiceFilter(choices=Audiobook.Status.choices)
    is_abridged = filters.BooleanFilter()
    released_from = filters.DateFilter("released_on", "gte")
    released_until = filters.DateFilter("released_on", "lte")
    duration_min_ms = MillisecondsFilter("duration_ms", "gte")
    duration_max_ms = MillisecondsFilter("duration_ms", "lte")

    class Meta:
        model = Audiobook
        fields: tuple[str, ...] = ()

    def in_genre(self, queryset: QuerySet[Audiobook], _name: str, value: str) -> QuerySet[Audiobook]:
        """Narrow to a genre's branch."""
        return queryset.filter(selectors.in_genre(value))


class BookFilter(filters.FilterSet):
    """What books may be narrowed by."""

    q = WordsFilter("sort_title")
    series = filters.UUIDFilter("series_entries__series_id")
    original_language = LanguageFilter("original_language", max_length=35, help_text="BCP 47.")

    class Meta:
        model = Book
        fields: tuple[str, ...] = ()


class PersonFilter(filters.FilterSet):
    """What people may be narrowed by."""

    q = WordsFilter("sort_name")
    is_synthetic = filters.BooleanFilter()

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()


class SeriesFilter(filters.FilterSet):
    """What series may be narrowed by."""

    q = WordsFilter("sort_name")

    class Meta:
        model = Series
        fields: tuple[str, ...] = ()


class PublisherFilter(filters.FilterSet):
    """What publishers may be narrowed by."""

    q = WordsFilter("sort_name")

    class Meta:
        model = Publisher
        fields: tuple[str, ...] = ()
