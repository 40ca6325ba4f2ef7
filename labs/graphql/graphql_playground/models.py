"""Films, who made them, and what was said of them."""

from django.db import models


class Studio(models.Model):
    """A company that makes films."""

    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who directs films, or plays in them."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Film(models.Model):
    """A film: one studio, one director, three parts, four reviews."""

    title = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="films")
    director = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="directed")
    cast = models.ManyToManyField(Person, related_name="played_in")

    class Meta:
        indexes = [models.Index("year", "id", name="film_year")]

    def __str__(self) -> str:
        return self.title


class Review(models.Model):
    """What somebody thinks of a film, from 1 to 5 stars."""

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="reviews")
    stars = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.stars} of 5"
