"""The catalogue in the admin. What belongs to a recording is edited on its page."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from audiobooks.catalog import models
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.catalog.sorting import sort_key


class Sorted(admin.ModelAdmin[Model]):
    """Keeps the text to order by in step with the name or title."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Model], change: bool) -> None:
        """Store ``obj`` with its sort text."""
        if hasattr(obj, "sort_title"):
            language = getattr(obj, "language", "") or getattr(obj, "original_language", "")
            obj.sort_title = sort_key(obj.title, language)  # type: ignore[attr-defined]
        else:
            obj.sort_name = sort_key(getattr(obj, "filed_as", "") or obj.name)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: ModelForm[Model], formsets: Any, change: bool) -> None:
        """Store what hangs on it, then count up the version of all that shows it: their ETags must not lie."""
        super().save_related(request, form, formsets, change)
        versions_count_up(form.instance)


class SeriesEntryInline(admin.TabularInline[models.SeriesEntry, models.Book]):
    model = models.SeriesEntry
    extra = 0
    autocomplete_fields = ("series",)


class CreditInline(admin.TabularInline[models.Credit, models.Audiobook]):
    model = models.Credit
    extra = 0
    autocomplete_fields = ("person",)


class ChapterInline(admin.TabularInline[models.Chapter, models.Audiobook]):
    model = models.Chapter
    extra = 0


class ExternalIdInline(admin.TabularInline[models.ExternalId, models.Audiobook]):
    model = models.ExternalId
    extra = 0


@admin.register(models.Book)
class BookAdmin(Sorted):
    list_display = ("title", "original_language", "first_published_year")
    search_fields = ("title",)
    filter_horizontal = ("genres",)
    inlines = (SeriesEntryInline,)


@admin.register(models.Audiobook)
class AudiobookAdmin(Sorted):
    list_display = ("title", "language", "released_on", "status", "access")
    list_filter = ("status", "access", "language")
    search_fields = ("title",)
    autocomplete_fields = ("book", "publisher")
    readonly_fields = ("status", "duration_ms", "version", "created_at", "updated_at")  # curators move it
    inlines = (CreditInline, ChapterInline, ExternalIdInline)


@admin.register(models.Person)
class PersonAdmin(Sorted):
    list_display = ("name", "born_year", "died_year", "is_synthetic")
    search_fields = ("name",)


@admin.register(models.Series, models.Publisher)
class NamedAdmin(Sorted):
    search_fields = ("name",)


@admin.register(models.Genre)
class GenreAdmin(Sorted):
    list_display = ("name", "slug", "parent")
    search_fields = ("name",)
