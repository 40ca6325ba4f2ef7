"""The demo's catalogue, without its sound."""

from audiobooks.catalog.models import Audiobook, Credit
from audiobooks.catalog.sorting import sort_key
from audiobooks.demo import titles
from audiobooks.demo.services import book_store, demo_id, vocabulary_store


def make_catalogue() -> dict[str, Audiobook]:
    """Make the demo's recordings; return them by key."""
    everything, made = titles.load(), {}
    vocabulary_store(everything)
    for book in everything.books.values():
        book_store(book)
        for recording in book.recordings:
            made[recording.key] = audiobook = Audiobook.objects.create(
                id=demo_id("audiobook", recording.key),
                book_id=demo_id("book", book.key),
                title=recording.title,
                subtitle=recording.subtitle,
                sort_title=sort_key(recording.sort_title),
                summary=recording.summary,
                language=recording.language,
                is_abridged=recording.is_abridged,
                released_on=recording.released_on,
                access=recording.access,
                status=recording.status,
                publisher_id=demo_id("publisher", recording.publisher),
                duration_ms=1,
            )
            Credit.objects.bulk_create(
                Credit(audiobook=audiobook, person_id=demo_id("person", key), role=role, position=position)
                for role, keys in (
                    ("author", book.authors),
                    ("narrator", recording.narrators),
                    ("translator", recording.translators),
                )
                for position, key in enumerate(keys, 1)
            )
    return made
