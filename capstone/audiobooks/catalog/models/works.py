"""The works, and the people, series, genres and publishers they belong to."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from audiobooks.catalog.sorting import SortTextField
from audiobooks.ids import new_id
from lab_caching import InvalidatingQuerySet

language_tag = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Use a BCP 47 tag such as en, pt-BR or zh-Hant."
)


class Publisher(models.Model):
    """Who released a recording."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, unique=True)
    sort_name = SortTextField()

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name"]
        indexes = [models.Index(fields=["sort_name", "id"], name="publisher_by_name")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """An author, narrator, translator or editor."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    filed_as = models.CharField(
        max_length=200, blank=True, help_text='The name to order by: "Brontë, Charlotte".'
    )
    sort_name = SortTextField()
    born_year = models.SmallIntegerField(null=True, blank=True)
    died_year = models.SmallIntegerField(null=True, blank=True)
    is_synthetic = models.BooleanField(default=False, help_text="A synthesised voice, not a human being.")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name"]
        verbose_name_plural = "people"
        indexes = [
            models.Index(fields=["sort_name", "id"], name="person_by_name"),
            GinIndex(OpClass("sort_name", name="gin_trgm_ops"), name="person_name_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(died_year__gte=F("born_year")), name="person_dies_after_birth")
        ]

    def __str__(self) -> str:
        return self.name


class PersonRedirect(models.Model):
    """A person merged into another: the old id leads to the new one for ever."""

    old_id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="redirects")

    objects = InvalidatingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.old_id} → {self.person}"


class Genre(models.Model):
    """A branch of the genre tree, named in addresses by its slug."""

    slug = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=100)
    sort_name = SortTextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name"]
        indexes = [models.Index(fields=["sort_name", "slug"], name="genre_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("slug")), name="genre_is_not_its_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """Books that belong together, in an order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    sort_name = SortTextField()

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name"]
        verbose_name_plural = "series"
        indexes = [
            models.Index(fields=["sort_name", "id"], name="series_by_name"),
            GinIndex(OpClass("sort_name", name="gin_trgm_ops"), name="series_name_words"),
        ]

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    """A work, whoever reads it aloud and in whatever language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=300)
    subtitle = models.CharField(max_length=300, blank=True)
    sort_title = SortTextField()
    original_language = models.CharField(max_length=35, validators=[language_tag])
    first_published_year = models.SmallIntegerField(null=True, blank=True)
    genres = models.ManyToManyField(Genre, related_name="books", blank=True)
    series = models.ManyToManyField(Series, through="SeriesEntry", related_name="books")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_title"]
        indexes = [
            models.Index(fields=["sort_title", "id"], name="book_by_title"),
            GinIndex(OpClass("sort_title", name="gin_trgm_ops"), name="book_title_words"),
        ]

    def __str__(self) -> str:
        return self.title


# --8<-- [start:series-entry]
class SeriesEntry(models.Model):
    """A book's place in a series: a decimal to order by (1.5 lies between 1 and 2), a label to show."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="entries")
    book = models.ForeignKey(Book, models.CASCADE, related_name="series_entries")
    sequence = models.DecimalField(max_digits=8, decimal_places=3)
    label = models.CharField(max_length=40, blank=True)

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        verbose_name_plural = "series entries"
        constraints = [models.UniqueConstraint(fields=["series", "book"], name="series_entry_once")]

    # --8<-- [end:series-entry]

    def __str__(self) -> str:
        return f"{self.series} {self.label or self.sequence}"
