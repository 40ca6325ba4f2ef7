"""The recordings of a work, and what hangs on one of them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q

from audiobooks.catalog.models.works import Book, Person, Publisher, language_tag
from audiobooks.catalog.sorting import SortTextField
from audiobooks.ids import new_id
from lab_caching import InvalidatingQuerySet

VOTES = F("overall_1") + F("overall_2") + F("overall_3") + F("overall_4") + F("overall_5")


class Audiobook(models.Model):
    """One recording of a book: in one language, by its narrators, whole or abridged."""

    class Status(models.TextChoices):
        """Where the recording stands. Listeners see what is ready."""

        DRAFT = "draft"
        PROCESSING = "processing"
        READY = "ready"
        WITHDRAWN = "withdrawn"

    class Access(models.TextChoices):
        """Whom it is for. Restricted: every member sees it, those with a grant hear it."""

        OPEN = "open"
        MEMBERS = "members"
        RESTRICTED = "restricted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    book = models.ForeignKey(Book, models.PROTECT, related_name="audiobooks")
    title = models.CharField(max_length=300, help_text="In the recording's language.")
    subtitle = models.CharField(max_length=300, blank=True)
    sort_title = SortTextField()
    summary = models.TextField(max_length=5000, blank=True)
    language = models.CharField(max_length=35, validators=[language_tag])
    is_abridged = models.BooleanField(default=False)
    released_on = models.DateField()
    duration_ms = models.BigIntegerField(default=0, validators=[MinValueValidator(0)])
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.OPEN)
    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, blank=True, related_name="audiobooks")
    people = models.ManyToManyField(Person, through="Credit", related_name="audiobooks")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["sort_title"]
        indexes = [
            # --8<-- [start:audiobook-indexes]
            models.Index(fields=["sort_title", "id"], name="audiobook_by_title"),
            models.Index(fields=["released_on", "id"], name="audiobook_by_release"),
            models.Index(fields=["duration_ms", "id"], name="audiobook_by_duration"),
            GinIndex(OpClass("sort_title", name="gin_trgm_ops"), name="audiobook_title_words"),
            # --8<-- [end:audiobook-indexes]
        ]
        constraints = [
            models.CheckConstraint(condition=Q(duration_ms__gte=0), name="audiobook_duration_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "processing", "ready", "withdrawn"]),
                name="audiobook_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(duration_ms__gte=1), name="audiobook_ready_has_audio"
            ),
            models.CheckConstraint(
                condition=Q(access__in=["open", "members", "restricted"]), name="audiobook_access_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    @property
    def rated(self) -> "Rating":
        """What listeners think of it, an empty rating where nobody has said yet. Select ``rating`` with the recording."""
        return self.rating if hasattr(self, "rating") else Rating(audiobook=self)


# --8<-- [start:credit]
class Credit(models.Model):
    """What a person did for a recording; ``position`` orders people of one role."""

    class Role(models.TextChoices):
        """What the person did."""

        AUTHOR = "author"
        NARRATOR = "narrator"
        TRANSLATOR = "translator"
        EDITOR = "editor"

    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, models.PROTECT, related_name="credits")
    role = models.CharField(max_length=10, choices=Role.choices)
    position = models.PositiveSmallIntegerField()

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["role", "position"]
        indexes = [models.Index(fields=["person", "role", "audiobook"], name="credit_by_person")]
        constraints = [
            models.UniqueConstraint(fields=["audiobook", "person", "role"], name="credit_once"),
            models.UniqueConstraint(fields=["audiobook", "role", "position"], name="credit_position_once"),
            models.CheckConstraint(
                condition=Q(role__in=["author", "narrator", "translator", "editor"]),
                name="credit_role_known",
                # --8<-- [end:credit]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"


class ChapterSpan(Func):
    """The chapter's half of the exclusion constraint: [start_ms, end_ms)."""

    function = "INT8RANGE"
    output_field = BigIntegerRangeField()


class Chapter(models.Model):
    """A named stretch of the timeline: [start_ms, end_ms). Chapters of one recording never overlap."""

    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="chapters")
    position = models.PositiveSmallIntegerField(
        help_text="1 for the first.", validators=[MinValueValidator(1)]
    )
    title = models.CharField(max_length=300)
    start_ms = models.BigIntegerField(validators=[MinValueValidator(0)])
    end_ms = models.BigIntegerField()

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            # --8<-- [start:chapter-constraints]
            models.UniqueConstraint(fields=["audiobook", "position"], name="chapter_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="chapter_position_from_one"),
            models.CheckConstraint(
                condition=Q(start_ms__gte=0, start_ms__lt=F("end_ms")), name="chapter_has_length"
            ),
            ExclusionConstraint(
                name="chapters_do_not_overlap",
                expressions=[
                    ("audiobook", RangeOperators.EQUAL),
                    (ChapterSpan("start_ms", "end_ms", RangeBoundary()), RangeOperators.OVERLAPS),
                    # --8<-- [end:chapter-constraints]
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class Cover(models.Model):
    """A recording's picture, addressed by the SHA-256 of its bytes: another picture is another address."""

    WIDTHS_PX = (160, 480, 960)

    audiobook = models.OneToOneField(Audiobook, models.CASCADE, primary_key=True, related_name="cover")
    sha256 = models.CharField(max_length=64, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")])
    description = models.CharField(max_length=300, help_text="What a listener who cannot see it should know.")

    objects = InvalidatingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.sha256[:12]}…"


# --8<-- [start:rating]
class Rating(models.Model):
    """
    What listeners think of a recording: how many gave it 1 to 5 stars, and the sums of two more axes.

    ``services.ratings`` changes it in the transaction of each review; averages are computed of whole numbers, so that no
    error of rounding adds up.
    """

    AXES = ("overall", "performance", "story")

    audiobook = models.OneToOneField(Audiobook, models.CASCADE, primary_key=True, related_name="rating")
    overall_1 = models.PositiveIntegerField(default=0)
    overall_2 = models.PositiveIntegerField(default=0)
    overall_3 = models.PositiveIntegerField(default=0)
    overall_4 = models.PositiveIntegerField(default=0)
    overall_5 = models.PositiveIntegerField(default=0)
    performance_sum = models.PositiveIntegerField(default=0)
    story_sum = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(performance_sum__gte=VOTES, performance_sum__lte=VOTES * 5),
                name="rating_performance_possible",
            ),
            models.CheckConstraint(
                condition=Q(story_sum__gte=VOTES, story_sum__lte=VOTES * 5), name="rating_story_possible"
            ),
        ]

    # --8<-- [end:rating]

    def __str__(self) -> str:
        return f"{self.overall} of {self.count}"

    @property
    def histogram(self) -> list[int]:
        """How many gave 1, 2, 3, 4 and 5 stars overall."""
        return [self.overall_1, self.overall_2, self.overall_3, self.overall_4, self.overall_5]

    @property
    def count(self) -> int:
        """How many gave stars: all of them on all three axes."""
        return sum(self.histogram)

    @property
    def overall(self) -> float | None:
        """The average, to two places; None where nobody gave any."""
        return self._average(sum(stars * number for stars, number in enumerate(self.histogram, 1)))

    @property
    def performance(self) -> float | None:
        """The average of what the reading was given."""
        return self._average(self.performance_sum)

    @property
    def story(self) -> float | None:
        """The average of what the work was given."""
        return self._average(self.story_sum)

    def _average(self, total: int) -> float | None:
        """Round to two places, halves upwards, in whole numbers: PostgreSQL does the same for cards."""
        return (200 * total + self.count) // (2 * self.count) / 100 if self.count else None


class ExternalId(models.Model):
    """What another catalogue calls this recording."""

    class Scheme(models.TextChoices):
        """Whose identifier it is."""

        ISBN = "isbn"
        ASIN = "asin"
        LIBRIVOX = "librivox"
        GUTENBERG = "gutenberg"
        WIKIDATA = "wikidata"

    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="external_ids")
    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    value = models.CharField(max_length=64)

    objects = InvalidatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audiobook", "scheme", "value"], name="external_id_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"
