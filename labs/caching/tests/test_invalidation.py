"""Every change of a declared row bumps its topics, also those that Django sends no signal of."""

import pytest
from django.db import connection, transaction

from caching_playground.models import Author, Book, Shelf
from lab_caching import bump, metrics, remember

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def book():
    ada = Author.objects.create(name="Ada")
    return Book.objects.create(title="Momo", isbn="1", author=ada, price_cents=500)


@pytest.fixture
def shelf():
    return Shelf.objects.create(name_en="New", name_de="Neu")


@pytest.fixture
def bumped():
    """Return a function that says which topics a change bumps, of the two that the shop declares."""

    def topics(change, *names):
        for name in names:
            remember(name.replace(":", "."), compute=lambda: 1, topics=[name])
        metrics.reset()
        change()
        for name in names:
            remember(name.replace(":", "."), compute=lambda: 1, topics=[name])
        return {name for name in names if metrics.read()[name.replace(":", ".")].misses}

    return topics


def names(book):
    return ["books", f"book:{book.pk}", "book:0"]


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.save(),
        lambda book: book.delete(),
        lambda book: Book.objects.filter(pk=book.pk).delete(),
        lambda book: Book.objects.filter(pk=book.pk).update(price_cents=1),
        lambda book: Book.objects.bulk_update([book], ["price_cents"]),
        lambda book: Book.objects.filter(price_cents=500).update(price_cents=1),
        lambda book: Author.objects.all().delete(),
        lambda book: Book.objects.update_or_create(isbn="1", defaults={"price_cents": 1}),
    ],
    ids=[
        "save",
        "delete",
        "queryset delete",
        "update",
        "bulk_update",
        "update of what it filters by",
        "cascade",
        "upsert",
    ],
)
def test_a_change_of_a_row_bumps_the_list_and_the_row_and_no_other(book, bumped, change):
    theirs = f"book:{book.pk}"

    assert bumped(lambda: change(book), *names(book)) == {"books", theirs}


def test_rows_created_in_bulk_bump_the_list(book, bumped):
    new = Book(title="Jim", isbn="2", author=book.author, price_cents=1)

    assert bumped(lambda: Book.objects.bulk_create([new]), "books") == {"books"}


@pytest.mark.parametrize("way", ["add", "remove", "set", "clear"])
@pytest.mark.parametrize("side", ["book", "shelf"])
def test_a_link_made_or_broken_from_either_side_bumps_the_row(book, shelf, bumped, way, side):
    if way in {"remove", "clear"}:
        book.shelves.add(shelf)
    links, other = (book.shelves, shelf) if side == "book" else (shelf.books, book)
    acts = {
        "add": lambda: links.add(other),
        "remove": lambda: links.remove(other),
        "set": lambda: links.set([other]),
    }

    assert bumped(acts.get(way, links.clear), *names(book)) == {"books", f"book:{book.pk}"}


def test_a_link_that_was_there_bumps_nothing(book, shelf, bumped):
    book.shelves.add(shelf)

    assert bumped(lambda: book.shelves.add(shelf), "books") == set()


def test_sql_of_one_s_own_is_not_heard_and_bumped_by_hand(book, bumped):
    def raw():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE caching_playground_book SET price_cents = 1")

    assert bumped(raw, "books") == set()
    assert bumped(lambda: (raw(), bump("books")), "books") == {"books"}


def test_a_change_that_is_rolled_back_bumps_nothing(book, bumped):
    def change():
        with transaction.atomic():
            book.save()
            transaction.set_rollback(True)

    assert bumped(change, "books") == set()


def test_an_update_costs_one_query_more_for_the_rows_topics_and_a_save_none(book, django_assert_num_queries):
    with django_assert_num_queries(2):
        Book.objects.filter(pk=book.pk).update(price_cents=1)
    with django_assert_num_queries(1):
        book.save()
    with django_assert_num_queries(1):
        Author.objects.filter(pk=book.author_id).update(name="Bo")


def test_without_the_queryset_an_update_is_not_heard(book, bumped):
    assert bumped(lambda: Author.objects.update(name="Bo"), "books") == set()
