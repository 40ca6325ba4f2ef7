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
    """Count up the versions of the recordings and works that show a changed thing, and its own."""
    for model, paths in ((Audiobook, ON_RECORDINGS), (Book, ON_WORKS)):
        path = paths.get(type(changed))
        if path:
            shown_on = model._default_manager.filter(**{path: changed.pk}).values_list("pk", flat=True)
            counted = model._default_manager.filter(pk__in=shown_on).update(version=F("version") + 1)
            cards_ask(counted if model is Audiobook else 0)
    if isinstance(changed, Person):
        Person.objects.filter(pk=changed.pk).update(version=F("version") + 1)
