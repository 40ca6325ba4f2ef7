"""A bookshop: authors, books, the shelves they stand on, and what was sold."""

from django.db import models

from lab_caching import InvalidatingQuerySet, invalidates


class Author(models.Model):
    """Somebody who wrote books."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Shelf(models.Model):
    """A place in the shop, in two languages."""

    name_en = models.CharField(max_length=100)
    name_de = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name_en


class Book(models.Model):
    """A book; ``isbn`` is how the metadata service knows it."""

    title = models.CharField(max_length=200)
    isbn = models.CharField(max_length=13, unique=True)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    price_cents = models.PositiveIntegerField()
    sold = models.PositiveIntegerField(default=0)
    shelves = models.ManyToManyField(Shelf, related_name="books")

    objects = InvalidatingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class Notice(models.Model):
    """What stands on the shop's door. Nothing is declared of it: who changes it bumps by hand."""

    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.text


# --8<-- [start:declared]
invalidates(Book, "books", lambda book: f"book:{book.pk}")
invalidates(Author, "books")
invalidates(Shelf, "books")
# --8<-- [end:declared]
