"""The demo catalogue as typed values: the files in ``titles/`` make one catalogue, and a mistake names its place."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar, get_args

from audiobooks.demo.fields import Fields, TitlesError
from audiobooks.demo.speech import check_voice

TITLES = Path(__file__).with_name("titles")

Access = Literal["open", "members", "restricted"]
Status = Literal["draft", "ready", "withdrawn"]
EntryT = TypeVar("EntryT", bound="Person | Series | Genre | Publisher | Book")


@dataclass(frozen=True, slots=True)
class Person:
    """An author, translator or narrator. Years are None where unknown; ``pen_name_of`` is another person's key."""

    key: str
    name: str
    sort_name: str
    born: int | None
    died: int | None
    is_synthetic: bool
    pen_name_of: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """Books that belong together."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Genre:
    """A branch of the genre tree; ``key`` is its slug, ``parent`` another genre's."""

    key: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who released a recording."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """A book's place in a series: ``series`` is its key."""

    series: str
    sequence: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter and the voice that speaks it."""

    title: str
    text: str
    voice: str

    @property
    def spoken(self) -> str:
        """What ``speak`` is to be given: the title, a pause, the text."""
        return f"{self.title}\n\n{self.text}"


@dataclass(frozen=True, slots=True)
class Recording:
    """One audiobook. Titles are in the recording's ``language``; people and publisher are keys."""

    key: str
    title: str
    subtitle: str
    sort_title: str
    language: str
    narrators: tuple[str, ...]
    translators: tuple[str, ...]
    is_abridged: bool
    released_on: date
    publisher: str
    access: Access
    status: Status
    voice: str
    summary: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A work. ``authors`` and ``genres`` are keys; ``authors`` is empty where nobody knows who wrote it."""

    key: str
    title: str
    subtitle: str
    sort_title: str
    original_language: str
    first_published_year: int
    authors: tuple[str, ...]
    genres: tuple[str, ...]
    series: tuple[SeriesPlace, ...]
    recordings: tuple[Recording, ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """The whole demo catalogue, each kind by key."""

    people: dict[str, Person] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    genres: dict[str, Genre] = field(default_factory=dict)
    publishers: dict[str, Publisher] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)


def load(folder: Path = TITLES) -> Titles:
    """Return the catalogue that the TOML files of ``folder`` make together, or raise ``TitlesError``."""
    titles = Titles()
    for path in sorted(folder.glob("*.toml")):
        try:
            file = Fields(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
        except tomllib.TOMLDecodeError as error:
            raise TitlesError(f"{path.name}: not TOML: {error}.") from error
        _read(file, titles)
    if not titles.books:
        raise TitlesError(f"{folder}: no [[book]] in any *.toml file.")
    _check_references(titles)
    return titles


def _read(file: Fields, titles: Titles) -> None:
    for table in file.tables("person", []):
        _add(titles.people, _person(table), table)
    for table in file.tables("series", []):
        _add(titles.series, _series(table), table)
    for table in file.tables("genre", []):
        _add(titles.genres, _genre(table), table)
    for table in file.tables("publisher", []):
        _add(titles.publishers, _publisher(table), table)
    for table in file.tables("book", []):
        _add(titles.books, _book(table), table)
    file.finish()


def _add(entries: dict[str, EntryT], entry: EntryT, table: Fields) -> None:
    if entry.key in entries:
        raise table.fail("this key is taken: choose another.")
    table.finish()
    entries[entry.key] = entry


def _named(table: Fields, field_name: str = "key") -> str:
    key = table.text(field_name)
    table.where += f" ({key})"  # every later message names the entry
    return key


def _person(table: Fields) -> Person:
    return Person(
        key=_named(table),
        name=table.text("name"),
        sort_name=table.text("sort_name"),
        born=table.optional("born", table.year),
        died=table.optional("died", table.year),
        is_synthetic=table.flag("synthetic"),
        pen_name_of=table.optional("pen_name_of", table.text),
    )


def _series(table: Fields) -> Series:
    return Series(key=_named(table), name=table.text("name"))


def _genre(table: Fields) -> Genre:
    return Genre(
        key=_named(table, "slug"), name=table.text("name"), parent=table.optional("parent", table.text)
    )


def _publisher(table: Fields) -> Publisher:
    return Publisher(key=_named(table), name=table.text("name"))


def _book(table: Fields) -> Book:
    key = _named(table)
    title = table.text("title")
    book = Book(
        key=key,
        title=title,
        subtitle=table.text("subtitle", ""),
        sort_title=table.text("sort_title", title),
        original_language=_language(table, "original_language"),
        first_published_year=table.year("first_published_year"),
        authors=table.texts("authors"),
        genres=table.texts("genres"),
        series=tuple(_series_place(place) for place in table.tables("series", [])),
        recordings=(),
    )
    recordings = tuple(_recording(recording, book) for recording in table.tables("recording"))
    return replace(book, recordings=recordings)


def _series_place(table: Fields) -> SeriesPlace:
    sequence = Decimal(table.text_like("sequence", r"\d{1,4}(\.\d{1,3})?", "1 or 1.5"))
    place = SeriesPlace(table.text("series"), sequence, table.text("label", ""))
    table.finish()
    return place


def _recording(table: Fields, book: Book) -> Recording:
    key = _named(table)
    voice = _voice(table, table.text("voice"))
    has_own_title = "title" in table.table
    title = table.text("title", book.title)
    recording = Recording(
        key=key,
        title=title,
        subtitle=table.text("subtitle", "" if has_own_title else book.subtitle),
        sort_title=table.text("sort_title", title if has_own_title else book.sort_title),
        language=_language(table, "language"),
        narrators=table.texts("narrators"),
        translators=table.texts("translators", []),
        is_abridged=table.flag("abridged"),
        released_on=table.day("released_on"),
        publisher=table.text("publisher"),
        access=table.choice("access", get_args(Access), "open"),
        status=table.choice("status", get_args(Status), "ready"),
        voice=voice,
        summary=table.text("summary"),
        chapters=tuple(_chapter(chapter, voice) for chapter in table.tables("chapter")),
    )
    table.finish()
    language = recording.language.partition("-")[0]
    for chapter in recording.chapters:
        if not chapter.voice.startswith(language):
            raise table.fail(f"the voice {chapter.voice} does not speak {recording.language}.")
    return recording


def _chapter(table: Fields, voice: str) -> Chapter:
    chapter = Chapter(table.text("title"), table.text("text"), _voice(table, table.text("voice", voice)))
    table.finish()
    return chapter


def _voice(table: Fields, voice: str) -> str:
    try:
        check_voice(voice)
    except ValueError as error:
        raise table.fail(str(error)) from error
    return voice


def _language(table: Fields, name: str) -> str:
    return table.text_like(name, r"[a-z]{2,3}(-[A-Z]{2})?", "en or pt-BR")


def _check_references(titles: Titles) -> None:
    """Raise unless every key that an entry names exists, and no recording's key is used twice."""
    for person in titles.people.values():
        _check(titles.people, [person.pen_name_of], f"person {person.key}", "person")
    for genre in titles.genres.values():
        _check(titles.genres, [genre.parent], f"genre {genre.key}", "genre")
    recordings: set[str] = set()
    for book in titles.books.values():
        where = f"book {book.key}"
        _check(titles.people, book.authors, where, "person")
        _check(titles.genres, book.genres, where, "genre")
        _check(titles.series, [place.series for place in book.series], where, "series")
        for recording in book.recordings:
            where = f"recording {recording.key} of book {book.key}"
            _check(titles.people, recording.narrators + recording.translators, where, "person")
            _check(titles.publishers, [recording.publisher], where, "publisher")
            if recording.key in recordings:
                raise TitlesError(f"{where}: this key is taken: choose another.")
            recordings.add(recording.key)


def _check(entries: Mapping[str, object], keys: Iterable[str | None], where: str, kind: str) -> None:
    for key in keys:
        if key is not None and key not in entries:
            raise TitlesError(f"{where}: there is no {kind} {key!r}: add a [[{kind}]] or correct the key.")
