"""
Filling an empty installation: rows from ``titles/``, speech for each chapter, a cover for each recording.

Ids follow from the keys in the files, so a second run finds the first one's rows, and every installation has the same.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audiobooks.catalog import models as catalog
from audiobooks.catalog.sorting import sort_key
from audiobooks.demo import titles
from audiobooks.demo.accounts import demo_accounts_store
from audiobooks.demo.covers import draw_cover
from audiobooks.demo.listening import listening_store
from audiobooks.demo.models import SeedRun
from audiobooks.demo.opinions import opinions_store
from audiobooks.demo.speech import speak
from audiobooks.library.services import grant_give
from audiobooks.media.encoding import encode_m4a
from audiobooks.media.models import SourceFile
from audiobooks.media.services import cover_store, source_file_store
from audiobooks.media.storage import audio_name, path_of

Progress = Callable[[int, int], None]
DEMO = uuid5(NAMESPACE_URL, "urn:nexus:demo")
SPOKEN_BY = "speak-1"  # change it when the same text would sound different
THREADS = 2


def demo_id(kind: str, key: str) -> UUID:
    """Return the id of a demo row."""
    return uuid5(DEMO, f"{kind}:{key}")


def fingerprint() -> str:
    """Return the SHA-256 of all that the demo is made from: the title files, this package's code, the covers' width."""
    files = sorted(Path(__file__).parent.rglob("*"))
    made_from = b"".join(path.read_bytes() for path in files if path.suffix in {".py", ".toml", ".ttf"})
    return sha256(made_from + repr(catalog.Cover.WIDTHS_PX).encode()).hexdigest()


def is_seeded() -> bool:
    """Return whether this demo's rows and files are here. 2 queries."""
    newest = SourceFile.objects.order_by("created_at").last()
    has_files = newest is not None and path_of(audio_name(newest.sha256)).exists()
    return has_files and SeedRun.objects.filter(pk=fingerprint()).exists()


def demo_seed(*, progress: Progress) -> int:
    """
    Make the demo's accounts, catalogue, speech and covers; return the number of recordings.

    Safe to repeat and to interrupt: what is there is kept. ``progress`` is called with (done, all) recordings.
    """
    users = demo_accounts_store()
    everything = titles.load()
    with transaction.atomic():
        vocabulary_store(everything)
        for book in everything.books.values():
            book_store(book)
    recordings = [(book, recording) for book in everything.books.values() for recording in book.recordings]

    def make(pair: tuple[titles.Book, titles.Recording]) -> None:
        try:
            with transaction.atomic():
                recording_store(everything, *pair)
        finally:
            connection.close()  # the thread's own

    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for done, _ in enumerate(pool.map(make, recordings), 1):
                progress(done, len(recordings))
        finally:
            pool.shutdown(cancel_futures=True)  # after an error or Ctrl-C, begin no further recording
    for audiobook in catalog.Audiobook.objects.filter(access=catalog.Audiobook.Access.RESTRICTED):
        grant_give(user_id=users["bo"].id, audiobook_id=audiobook.id)
    listening_store(users, now=timezone.now())
    opinions_store(users, now=timezone.now())
    SeedRun.objects.get_or_create(pk=fingerprint())
    return len(recordings)


def chapter_sound(chapter: titles.Chapter) -> bytes:
    """Return a chapter as AAC in MP4: from the cache beside the storage where this text was spoken before."""
    made_from = sha256(repr((SPOKEN_BY, asdict(chapter))).encode()).hexdigest()
    cached = settings.STORAGE_DIR / "demo-speech" / f"{made_from}.m4a"
    if cached.exists():
        return bytes(cached.read_bytes())
    speech = speak(chapter.spoken, voice=chapter.voice)
    sound = encode_m4a(speech.pcm, sample_rate_hz=speech.sample_rate_hz, title=chapter.title)
    cached.parent.mkdir(parents=True, exist_ok=True)
    unfinished = cached.with_suffix(f".{uuid4().hex}")  # another thread or process may be making the same
    unfinished.write_bytes(sound)
    unfinished.replace(cached)
    return sound


def vocabulary_store(everything: titles.Titles) -> None:
    """Make the people, genres, series and publishers."""
    for key, person in everything.people.items():
        catalog.Person.objects.update_or_create(
            id=demo_id("person", key),
            defaults={
                "name": person.name,
                "filed_as": person.sort_name,
                "sort_name": sort_key(person.sort_name),
                "born_year": person.born,
                "died_year": person.died,
                "is_synthetic": person.is_synthetic,
            },
        )
    for (
        genre
    ) in everything.genres.values():  # first all, then their places in the tree: a child may stand first
        named = {"name": genre.name, "sort_name": sort_key(genre.name)}
        catalog.Genre.objects.update_or_create(slug=genre.key, defaults=named)
    for genre in everything.genres.values():
        catalog.Genre.objects.filter(slug=genre.key).update(parent=genre.parent)
    for model, kind, entries in (
        (catalog.Series, "series", everything.series.values()),
        (catalog.Publisher, "publisher", everything.publishers.values()),
    ):
        for entry in entries:
            named = {"name": entry.name, "sort_name": sort_key(entry.name)}
            model._default_manager.update_or_create(id=demo_id(kind, entry.key), defaults=named)


def recording_store(everything: titles.Titles, book: titles.Book, recording: titles.Recording) -> None:
    """Make a recording, whole: its credits, chapters, sound and cover."""
    audiobook, _ = catalog.Audiobook.objects.update_or_create(
        id=demo_id("audiobook", recording.key),
        defaults={
            "book_id": demo_id("book", book.key),
            "title": recording.title,
            "subtitle": recording.subtitle,
            "sort_title": sort_key(recording.sort_title),
            "summary": recording.summary,
            "language": recording.language,
            "is_abridged": recording.is_abridged,
            "released_on": recording.released_on,
            "access": recording.access,
            "publisher_id": demo_id("publisher", recording.publisher),
        },
    )
    audiobook.credits.all().delete()
    audiobook.credits.bulk_create(
        catalog.Credit(audiobook=audiobook, person_id=demo_id("person", key), role=role, position=position)
        for role, keys in (
            (catalog.Credit.Role.AUTHOR, book.authors),
            (catalog.Credit.Role.NARRATOR, recording.narrators),
            (catalog.Credit.Role.TRANSLATOR, recording.translators),
        )
        for position, key in enumerate(keys, 1)
    )
    chapters_store(audiobook, recording.chapters)
    audiobook.status = recording.status  # nothing is ready before it has sound
    audiobook.save(update_fields=["status"])
    authors = ", ".join(everything.people[key].name for key in book.authors)
    picture = draw_cover(recording.title, authors, seed=recording.key)
    description = f"{recording.title} by {authors}" if authors else recording.title
    cover_store(audiobook_id=audiobook.id, image=picture, description=f"Cover: {description}"[:300])


def book_store(book: titles.Book) -> None:
    """Make a work with its genres and its places in series."""
    stored, _ = catalog.Book.objects.update_or_create(
        id=demo_id("book", book.key),
        defaults={
            "title": book.title,
            "subtitle": book.subtitle,
            "sort_title": sort_key(book.sort_title),
            "original_language": book.original_language,
            "first_published_year": book.first_published_year,
        },
    )
    stored.genres.set(catalog.Genre.objects.filter(slug__in=book.genres))
    for place in book.series:
        catalog.SeriesEntry.objects.update_or_create(
            book=stored,
            series_id=demo_id("series", place.series),
            defaults={"sequence": place.sequence, "label": place.label},
        )


def chapters_store(audiobook: catalog.Audiobook, chapters: Iterable[titles.Chapter]) -> None:
    """Lay the chapters' sounds end to end on the recording's timeline."""
    files = [chapter_sound(chapter) for chapter in chapters]
    audiobook.chapters.all().delete()
    if [file.sha256 for file in audiobook.source_files.all()] != [
        sha256(content).hexdigest() for content in files
    ]:
        audiobook.source_files.all().delete()
    start_ms = 0
    for position, (chapter, content) in enumerate(zip(chapters, files, strict=True), 1):
        file = source_file_store(
            audiobook_id=audiobook.id, position=position, start_ms=start_ms, content=content
        )
        end_ms = start_ms + file.duration_ms
        audiobook.chapters.create(position=position, title=chapter.title, start_ms=start_ms, end_ms=end_ms)
        start_ms = end_ms
    audiobook.duration_ms = start_ms
    audiobook.save(update_fields=["duration_ms"])
