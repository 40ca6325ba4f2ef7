"""Versions: what shows a changed thing has changed too."""

from django.db.models import F, Model

from audiobooks.catalog.models import Audiobook, Book, Genre, Person, Publisher, Series
from audiobooks.catalog.services.cards import cards_ask

# Where a recording and a work show a thing of this kind: the look-up from them to it.
ON_RECORDINGS = {
    Audiobook: "pk",
    Book: "book",
    Person: "credits__person",
    Genre: "book__genres",
    Series: "book__series",
    Publisher: "publisher",
}
ON_WORKS = {
    Book: "pk",
    Audiobook: "audiobooks",
    Person: "audiobooks__people",
    Genre: "genres",
    Series: "series",
}


def versions_count_up(changed: Model) -> None:
    """
    Count up the versions of the recordings and works that show a changed thing, and its own.

    Their rows are locked in the order of their keys first: two writers of overlapping sets wait, and never for each other.
    """
    for model, paths in ((Audiobook, ON_RECORDINGS), (Book, ON_WORKS)):
        path = paths.get(type(changed))
        if path:
            shown_on = model._default_manager.filter(**{path: changed.pk}).order_by("pk")
            locked = shown_on.select_for_update(of=("self",), no_key=True).values("pk")
            counted = model._default_manager.filter(pk__in=locked).update(version=F("version") + 1)
            cards_ask(counted if model is Audiobook else 0)
    if isinstance(changed, Person):
        Person.objects.filter(pk=changed.pk).update(version=F("version") + 1)
