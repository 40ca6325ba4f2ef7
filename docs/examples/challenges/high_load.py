"""A list that everybody asks for: what a request costs the database by each way, and what keeping its cards costs a writer."""

import stage

stage.begin()

from django.db import connection  # noqa: E402 -- once Django is set up
from django.test import RequestFactory  # noqa: E402

from audiobooks.catalog import selectors  # noqa: E402
from audiobooks.catalog.models import Audiobook, Person  # noqa: E402
from audiobooks.catalog.rest import shapes  # noqa: E402
from audiobooks.catalog.rest.views import AudiobookList  # noqa: E402
from audiobooks.catalog.services.cards import cards_compare, cards_fill  # noqa: E402
from audiobooks.principal import ANONYMOUS  # noqa: E402

LISTS = ("naive serializers", "serializers with prefetch", "cards", "cards, kept in memory")
ROWS = """
    INSERT INTO catalog_publisher (id, name, sort_name) VALUES (md5('press')::uuid, 'Press', 'press');
    INSERT INTO catalog_person (id, name, filed_as, sort_name, is_synthetic, version)
    SELECT md5('person' || n)::uuid, 'Person ' || n, '', 'person ' || n, false, 1 FROM generate_series(1, 400) n;
    INSERT INTO catalog_genre (slug, name, sort_name) VALUES ('novel', 'Novel', 'novel');
    INSERT INTO catalog_book (id, title, subtitle, sort_title, original_language, version)
    SELECT md5('book' || n)::uuid, 'Title ' || n, '', 'title ' || n, 'en', 1 FROM generate_series(1, 2000) n;
    INSERT INTO catalog_book_genres (book_id, genre_id) SELECT id, 'novel' FROM catalog_book;
    INSERT INTO catalog_audiobook (id, book_id, title, subtitle, sort_title, summary, language, is_abridged, released_on,
        duration_ms, status, access, publisher_id, version, created_at, updated_at)
    SELECT md5('audiobook' || n)::uuid, md5('book' || n)::uuid, 'Title ' || n, '', 'title ' || n, '', 'en', false,
        '2024-01-01', 1000, 'ready', 'open', md5('press')::uuid, 1, now(), now() FROM generate_series(1, 2000) n;
    INSERT INTO catalog_credit (audiobook_id, person_id, role, position)
    SELECT md5('audiobook' || n)::uuid, md5('person' || 1 + n % 400)::uuid, 'author', 1 FROM generate_series(1, 2000) n;
    INSERT INTO catalog_credit (audiobook_id, person_id, role, position)
    SELECT md5('audiobook' || n)::uuid, md5('person' || 1 + n % 2 * 7)::uuid, 'narrator', 1 FROM generate_series(1, 2000) n;
"""


def queries_of(way: str, number: int) -> int:
    """Return how many queries a list of so many costs."""
    with stage.counted() as queries:
        if way == "naive serializers":
            shown = selectors.audiobooks_visible_to(ANONYMOUS)[:number]
            assert len(shapes.AudiobookCard(shown, many=True).data) == number
        elif way == "serializers with prefetch":
            shown = selectors.audiobook_cards(ANONYMOUS)[:number]
            assert len(shapes.AudiobookCard(shown, many=True).data) == number
        else:
            request = RequestFactory(SERVER_NAME="127.0.0.1").get(f"/api/v1/audiobooks/?limit={number}")
            assert AudiobookList.as_view()(request).status_code == 200
    return queries()


def main() -> None:
    """Count."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
    made = cards_fill()
    rows = [(way, *(queries_of(way, number) for number in (20, 100))) for way in LISTS]
    stage.table(["queries of a list of", "20", "100"], rows)
    changes = {
        "a recording's title": lambda: Audiobook.objects.filter(title="Title 1").update(title="Title One"),
        "an author of 5": lambda: Person.objects.filter(name="Person 2").update(name="Person Two"),
        "a narrator of 1,000": lambda: Person.objects.filter(name="Person 8").update(name="Person Eight"),
    }
    found = []
    for what, change in changes.items():
        with stage.counted() as queries:
            change()
        missing = Audiobook.objects.filter(shown=None).count()
        found.append((what, queries(), missing, cards_fill()))
    stage.table(["what changes", "writer's queries", "cards let go of", "made again later"], found)
    stage.say(f"{made:,} cards of 2,000 recordings; differing from their rows: {len(cards_compare())}")


main()
