"""
"The signal says whose links have changed: instance."

For book.shelves.add(shelf) it does. For shelf.books.add(book) instance is the shelf, and no topic of a book comes of a
shelf. The book that was put on it is not on the page.

Caught by: a_link_is_heard_from_either_side
"""


def linked_rows(model, field, instance, reverse, pk_set):
    # --8<-- [start:links]
    return [instance] if isinstance(instance, model) else []
    # --8<-- [end:links]
