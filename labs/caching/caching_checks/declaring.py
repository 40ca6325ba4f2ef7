"""Step 6: what is declared beside the model is heard, also where Django sends no signal."""

from uuid import uuid4

from caching_checks.targets import Playground, Target
from nexus.labs.checking import check


def expect_change(
    site: Playground, book_id: int, by: str, place: int, name: str, wanted: object, **more: object
) -> None:
    """Change a book in one of Django's ways; go on only where the front page shows it."""
    site.front()
    site.post(f"/stage/books/{book_id}/", by=by, **more)
    answer, books = site.front()
    found = books[place][name]
    answer.expect(found == wanted, f"{name}: {wanted!r} after {by}", f"{name}: {found!r}")


@check("A number that was saved is on the page.")
def a_saved_row_is_heard(site: Target) -> None:
    for number in (1111, 1222):
        answer, found = site.saved(number)
        answer.expect(found == number, f"{number}", found)


@check(
    "A link bumps the book's own topic, whether the book is put on a shelf, or the shelf given the book, or cleared."
)
def a_link_is_heard_from_either_side(site: Playground) -> None:
    source = site.source()
    site.post("/stage/books/2/", by="clear from the shelf")
    source.expect("first", topics=("book:2",))
    for asked, by in enumerate(("link", "clear from the shelf", "link from the shelf"), 2):
        site.post("/stage/books/2/", by=by)
        source.expect_asked(asked, source.ask(topics=("book:2",)))


@check("Prices that update() or bulk_update() change are on the page.")
def an_update_in_bulk_is_heard(site: Playground) -> None:
    expect_change(site, 3, "update", 2, "price_cents", 333, price_cents=333)
    expect_change(site, 3, "bulk_update", 2, "price_cents", 444, price_cents=444)


@check("update() bumps the topics of the rows it changed, also where they match its filter no longer.")
def an_update_of_what_it_filters_by_is_heard(site: Playground) -> None:
    source = site.source()
    source.expect("first", topics=("book:4",))
    site.post("/stage/books/4/", by="update of what it filters by", title=f"Renamed {uuid4().hex[:6]}")
    source.expect_asked(2, source.ask(topics=("book:4",)))


@check("Books that bulk_create() makes are on the page.")
def rows_created_in_bulk_are_heard(site: Playground) -> None:
    expect_change(
        site, 1, "bulk_create", 0, "price_cents", 555, price_cents=555, isbn=f"9{uuid4().int % 10**9}"
    )
