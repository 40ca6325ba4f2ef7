"""The demo catalogue: its facts agree with one another, and the awkward cases are all there."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from audiobooks.demo.titles import Book, Recording, Titles, TitlesError, load

BOOKS = Path(__file__).parents[2] / "audiobooks" / "demo" / "titles"


@pytest.fixture(scope="module")
def titles() -> Titles:
    return load()


@pytest.fixture(scope="module")
def recordings(titles: Titles) -> dict[str, Recording]:
    return {recording.key: recording for book in titles.books.values() for recording in book.recordings}


def titled(titles: Titles, condition: Callable[[Book], bool]) -> set[str]:
    return {book.title for book in titles.books.values() if condition(book)}


def test_there_are_80_recordings_of_74_books_in_18_language_tags(titles: Titles, recordings) -> None:
    languages = Counter(recording.language for recording in recordings.values())

    assert (len(recordings), len(titles.books), len(languages)) == (80, 74, 18)
    assert {"en-GB", "en-US", "fr", "de", "es", "es-CO", "pt-BR", "pt-PT", "ru", "eo"} <= languages.keys()


def test_most_is_open_and_every_other_state_occurs(recordings) -> None:
    access = Counter(recording.access for recording in recordings.values())
    status = Counter(recording.status for recording in recordings.values())

    assert access == {"open": 68, "members": 7, "restricted": 5}
    assert status == {"ready": 78, "draft": 1, "withdrawn": 1}


def test_nobody_writes_before_birth_or_dies_before_it(titles: Titles) -> None:
    for book in titles.books.values():
        for person in (titles.people[key] for key in book.authors):
            assert person.born is None or person.born + 15 < book.first_published_year, (book, person)
            assert person.died is None or person.born is None or person.born + 15 < person.died, person


def test_every_author_and_translator_died_at_least_70_years_before_the_recordings(titles: Titles) -> None:
    credited = {key for book in titles.books.values() for key in book.authors}
    credited |= {
        key
        for book in titles.books.values()
        for recording in book.recordings
        for key in recording.translators
    }
    people = [titles.people[key] for key in credited]

    # A pen name has no dates of its own; of Antonie Zimmermann, in print in 1869, none are known.
    undated = {person.key for person in people if person.died is None}
    assert undated == {"a-m-barnard", "johannes-de-silentio", "victor-eremita", "antonie-zimmermann"}
    assert max(person.died for person in people if person.died) == 1946


def test_narrators_are_synthetic_and_keep_one_voice(titles: Titles, recordings) -> None:
    voices: dict[str, set[str]] = {}
    for recording in recordings.values():
        assert all(titles.people[key].is_synthetic for key in recording.narrators)
        if len(recording.narrators) == 1:
            voices.setdefault(recording.narrators[0], set()).update(ch.voice for ch in recording.chapters)
        else:
            assert len({chapter.voice for chapter in recording.chapters}) == len(recording.narrators)

    assert {key: found for key, found in voices.items() if len(found) > 1} == {}


def test_a_person_who_is_listed_is_credited_somewhere(titles: Titles, recordings) -> None:
    credited = {key for book in titles.books.values() for key in book.authors}
    for recording in recordings.values():
        credited |= {*recording.narrators, *recording.translators}

    assert titles.people.keys() - credited == set()


def test_chapters_are_two_to_four_short_texts_of_their_own_and_one_recording_is_longer(recordings) -> None:
    texts = Counter()
    for recording in recordings.values():
        # The long one lasts so long that two devices in it can be more than a minute apart: that makes a conflict.
        chapters, words = (6, 100) if recording.key == "pride-and-prejudice-en-gb" else (4, 60)
        assert 2 <= len(recording.chapters) <= chapters, recording.key
        for chapter in recording.chapters:
            assert 20 <= len(chapter.text.split()) <= words, (recording.key, chapter.title)
            texts[chapter.text] += 1

    assert len(texts) == 166


def test_the_awkward_titles_are_there(titles: Titles) -> None:
    assert titled(titles, lambda book: "'" in book.title) == {"Alice's Adventures in Wonderland", "L'Assommoir",
        "L'Homme au masque de fer"}  # fmt: skip
    assert titled(titles, lambda book: "’" in book.title) == {"Gulliver’s Travels", "L’Île mystérieuse"}
    assert titled(titles, lambda book: len(book.subtitle) > 150) == {"Robinson Crusoe"}
    assert titled(titles, lambda book: len(book.authors) > 2) == {"The Federalist"}
    assert titled(titles, lambda book: not book.authors) == {"La vida de Lazarillo de Tormes"}
    assert titled(titles, lambda book: " " not in book.title) >= {"Emma", "Germinal", "María", "R.U.R."}
    assert titled(titles, lambda book: len(book.series) == 2) == {
        "Vingt mille lieues sous les mers",
        "L’Île mystérieuse",
    }
    assert {"Émile Zola", "Charlotte Brontë", "Karel Čapek", "Søren Kierkegaard", "Фёдор Достоевский"} <= {
        person.name for person in titles.people.values()
    }


def test_an_article_at_the_front_does_not_sort(titles: Titles) -> None:
    articles = (
        "The ",
        "A ",
        "L'",
        "L’",
        "Le ",
        "La ",
        "Les ",
        "Der ",
        "Die ",
        "El ",
        "I ",
        "O ",
        "Os ",
        "Et ",
    )
    misfiled = {
        recording.sort_title
        for book in titles.books.values()
        for recording in (book, *book.recordings)
        if recording.title.startswith(articles) and recording.sort_title.startswith(articles)
    }

    assert misfiled == set()


def test_series_have_decimals_between_whole_places(titles: Titles) -> None:
    places = {
        (place.series, place.sequence): book.title for book in titles.books.values() for place in book.series
    }

    assert places["little-women", Decimal("1.5")] == "Good Wives"
    assert places["dartagnan", Decimal("3.3")] == "L'Homme au masque de fer"
    assert len(places) == sum(len(book.series) for book in titles.books.values()), "two books in one place"


def test_a_book_can_have_recordings_that_differ_in_one_thing(titles: Titles) -> None:
    narrators = {recording.narrators for recording in titles.books["die-verwandlung"].recordings}
    abridged = {recording.is_abridged for recording in titles.books["pride-and-prejudice"].recordings}
    languages = {recording.language for recording in titles.books["les-miserables"].recordings}

    assert narrators == {("jost-brueckner",), ("frauke-lindenau",)}
    assert abridged == {True, False}
    assert languages == {"fr", "en-US"}


def test_an_author_has_two_pen_names(titles: Titles) -> None:
    pen_names = {
        person.name for person in titles.people.values() if person.pen_name_of == "soren-kierkegaard"
    }

    assert pen_names == {"Johannes de silentio", "Victor Eremita"}


def test_a_recording_in_another_language_has_its_own_title(recordings) -> None:
    assert recordings["crime-and-punishment-en-gb"].title == "Crime and Punishment"
    assert recordings["robinson-crusoe-en-gb-abridged"].subtitle.startswith("Of York, Mariner")
    assert recordings["the-man-in-the-iron-mask-en-gb"].subtitle == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Emma"', '"Emma"\ncolour = "red"', "english.toml, book 2 (emma): unknown colour: known are authors,"),
        ('title = "Emma"\n', "", "english.toml, book 2 (emma): title is missing."),
        ('"Emma"', '" "', "english.toml, book 2 (emma): title is empty."),
        ("year = 1815", "year = true", "(emma): first_published_year must be int: got True."),
        ('"emma"', '"jane-eyre"', "english.toml, book 3 (jane-eyre): this key is taken: choose another."),
        ('key = "emma-en-gb"', 'key = "dracula-en-gb"', "this key is taken: choose another."),
        ('authors = ["jane-austen"]', 'authors = ["jane"]', "book pride-and-prejudice: there is no person 'jane'"),
        ('authors = ["jane-austen"]', 'authors = "jane-austen"', "authors must be list: got 'jane-austen'."),
        ('"en-GB-x-rp+f2"', '"en-gb"', "(pride-and-prejudice-en-gb): Unknown voice language 'en-gb': use one of"),
        ('"en-GB-x-rp+f2"', '"fr"', "(pride-and-prejudice-en-gb): the voice fr does not speak en-GB."),
        ("2025-04-11", "2025-04-11\nnarator = 1", "recording 1 (emma-en-gb): unknown narator: known are"),
        ('"A matchmaker at work"', '"Work"\nlength = 3', "(emma-en-gb), chapter 1: unknown length: known are text,"),
        ('sequence = "1"', 'sequence = "1"\norder = 1', "(a-study-in-scarlet), series 1: unknown order: known are"),
        ("2025-04-11", '"2025-04-11"', "(emma-en-gb): released_on must be date: got '2025-04-11'."),
        ("2025-04-11", '2025-04-11\naccess = "all"', "access is 'all': use one of open, members, restricted."),
        ('sequence = "1"', 'sequence = "one"', "series 1: sequence is 'one': write something like 1 or 1.5."),
        ('language = "en-GB"', 'language = "English"', "language is 'English': write something like en or pt-BR."),
        ("[[book]]", "[[book]", "english.toml: not TOML: "),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    for path in BOOKS.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    english = (BOOKS / "english.toml").read_text(encoding="utf-8")
    assert old in english
    (tmp_path / "english.toml").write_text(english.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(TitlesError) as refused:
        load(tmp_path)

    assert message in str(refused.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TitlesError, match=r"no \[\[book\]\] in any \*\.toml file"):
        load(tmp_path)
