"""
Keeps the documents: whatever changes a row they are made of writes them anew, in its own transaction.

One trigger for each statement, not for each row: it collects what is touched, and writes that at once.
"""

from dataclasses import dataclass

from django.db import migrations

DOCUMENTS = """
-- --8<-- [start:document]
CREATE FUNCTION audiobook_documents(ids uuid[])
RETURNS TABLE (audiobook_id uuid, title text, names text, words tsvector, near tsvector) LANGUAGE sql STABLE AS $$
    WITH source AS (
        SELECT audiobook.id, audiobook.language, audiobook.title, audiobook.summary,
            concat_ws(' ', nullif(book.title, audiobook.title),
                (SELECT string_agg(series.name, ' ' ORDER BY series.id)
                 FROM catalog_seriesentry entry JOIN catalog_series series ON series.id = entry.series_id
                 WHERE entry.book_id = book.id),
                (SELECT string_agg(DISTINCT person.name, ' ')
                 FROM catalog_credit credit JOIN catalog_person person ON person.id = credit.person_id
                 WHERE credit.audiobook_id = audiobook.id)) AS names,
            concat_ws(' ', audiobook.subtitle, nullif(book.subtitle, audiobook.subtitle), publisher.name,
                (SELECT string_agg(genre.name, ' ' ORDER BY genre.slug)
                 FROM catalog_book_genres link JOIN catalog_genre genre ON genre.slug = link.genre_id
                 WHERE link.book_id = book.id)) AS about
        FROM catalog_audiobook audiobook
        JOIN catalog_book book ON book.id = audiobook.book_id
        LEFT JOIN catalog_publisher publisher ON publisher.id = audiobook.publisher_id
        WHERE audiobook.id = ANY(ids))
    SELECT source.id, search_fold(source.title), search_fold(source.title || ' ' || source.names),
        setweight(search_lexemes(language, source.title), 'A')
        || setweight(search_lexemes(language, source.names), 'B')
        || setweight(search_lexemes(language, source.about), 'C')
        || setweight(to_tsvector(search_configuration(language), search_fold(summary)), 'D'),
        search_near_words(source.title || ' ' || source.names)
    FROM source
$$;
-- --8<-- [end:document]

-- --8<-- [start:write]
-- Writes what differs, and returns how many did. The recordings are locked first, in one order: of two transactions that
-- change the same document's parts the second waits, and then sees what the first has written.
CREATE FUNCTION audiobook_documents_write(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE written bigint;
BEGIN
    PERFORM FROM catalog_audiobook WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO discovery_audiobookdocument AS kept (audiobook_id, title, names, words, near)
    SELECT * FROM audiobook_documents(ids)
    ON CONFLICT (audiobook_id) DO UPDATE
        SET (title, names, words, near) = (excluded.title, excluded.names, excluded.words, excluded.near)
        WHERE (kept.title, kept.names, kept.words, kept.near)
            IS DISTINCT FROM (excluded.title, excluded.names, excluded.words, excluded.near);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;
-- --8<-- [end:write]
"""

NAMED = """
CREATE FUNCTION {kind}_documents_write(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE written bigint;
BEGIN
    INSERT INTO discovery_{kind}document AS kept ({kind}_id, title, near)
    SELECT id, search_fold(name), search_near_words(name)
    FROM catalog_{kind} WHERE id = ANY(ids)
    ON CONFLICT ({kind}_id) DO UPDATE SET (title, near) = (excluded.title, excluded.near)
        WHERE (kept.title, kept.near) IS DISTINCT FROM (excluded.title, excluded.near);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;
"""

# A statement's trigger: the function that writes, and the query for what it is to write. Whoever loads a catalogue sets
# search.later for their transaction, and has everything written at its end (services.documents_rebuild).
TRIGGERED = """
CREATE FUNCTION search_touched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched uuid[];
BEGIN
    IF coalesce(current_setting('search.later', true), '') <> 'on' THEN
        EXECUTE TG_ARGV[1] INTO touched;
        IF touched IS NOT NULL THEN
            EXECUTE format('SELECT %I($1)', TG_ARGV[0]) USING touched;
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""

UNDO = """
DROP FUNCTION search_touched() CASCADE;
DROP FUNCTION audiobook_documents_write(uuid[]), person_documents_write(uuid[]), series_documents_write(uuid[]),
    audiobook_documents(uuid[]);
"""


@dataclass(frozen=True)
class Source:
    """A table that documents are made of: the columns that matter, and the query from changed rows to documents' ids."""

    table: str
    columns: str
    ids: str
    on: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    kind: str = "audiobook"

    @property
    def triggers(self) -> str:
        """Their SQL. Of an update only rows count whose columns differ, as they were and as they are."""
        return "\n".join(self.trigger(event) for event in self.on)

    def trigger(self, event: str) -> str:
        """One trigger's SQL."""
        new, old = (f"SELECT {self.columns} FROM {rows}" for rows in ("now_rows", "old_rows"))  # noqa: S608
        referencing, rows = {
            "INSERT": ("NEW TABLE AS now_rows", new),
            "DELETE": ("OLD TABLE AS old_rows", old),
            "UPDATE": (
                "NEW TABLE AS now_rows OLD TABLE AS old_rows",
                f"({new} EXCEPT {old}) UNION ({old} EXCEPT {new})",
            ),
        }[event]
        query = (
            f"SELECT array_agg(DISTINCT id) FROM ({self.ids.format(rows=f'({rows}) AS touched')}) AS t (id)"  # noqa: S608
        )
        return (
            f"CREATE TRIGGER {self.kind}_documents_{event.lower()} AFTER {event} ON {self.table} "
            f"REFERENCING {referencing} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION search_touched('{self.kind}_documents_write', '{query}');"
        )


OF_BOOKS = "SELECT audiobook.id FROM catalog_audiobook audiobook JOIN {rows} ON audiobook.book_id = touched."
SOURCES = [
    Source(
        "catalog_audiobook",
        "id, book_id, publisher_id, title, subtitle, summary, language",
        "SELECT id FROM {rows}",
        ("INSERT", "UPDATE"),
    ),
    Source("catalog_book", "id, title, subtitle", OF_BOOKS + "id", ("UPDATE",)),
    Source("catalog_book_genres", "book_id, genre_id", OF_BOOKS + "book_id"),
    Source("catalog_seriesentry", "book_id, series_id", OF_BOOKS + "book_id"),
    Source("catalog_credit", "audiobook_id, person_id", "SELECT audiobook_id FROM {rows}"),
    Source(
        "catalog_publisher",
        "id, name",
        "SELECT a.id FROM catalog_audiobook a JOIN {rows} ON a.publisher_id = touched.id",
        ("UPDATE",),
    ),
    Source(
        "catalog_person",
        "id, name",
        "SELECT c.audiobook_id FROM catalog_credit c JOIN {rows} ON c.person_id = touched.id",
        ("UPDATE",),
    ),
    Source(
        "catalog_series",
        "id, name",
        "SELECT a.id FROM catalog_audiobook a JOIN catalog_seriesentry e ON e.book_id = a.book_id "
        "JOIN {rows} ON e.series_id = touched.id",
        ("UPDATE",),
    ),
    Source("catalog_person", "id, name", "SELECT id FROM {rows}", ("INSERT", "UPDATE"), "person"),
    Source("catalog_series", "id, name", "SELECT id FROM {rows}", ("INSERT", "UPDATE"), "series"),
]

KINDS = ("audiobook", "person", "series")
CASCADES = [
    f"ALTER TABLE discovery_{kind}document ADD CONSTRAINT {kind}_document_of FOREIGN KEY ({kind}_id) "
    f"REFERENCES catalog_{kind} (id) ON DELETE CASCADE"
    for kind in KINDS
]
FILLED = [f"SELECT {kind}_documents_write(array_agg(id)) FROM catalog_{kind}" for kind in KINDS]  # noqa: S608 -- names


class Migration(migrations.Migration):
    dependencies = [("discovery", "0002_functions"), ("catalog", "0003_ready_has_audio")]

    operations = [
        migrations.RunSQL(
            [DOCUMENTS, *(NAMED.format(kind=kind) for kind in ("person", "series")), TRIGGERED],
            UNDO,
        ),
        migrations.RunSQL([source.triggers for source in SOURCES], migrations.RunSQL.noop),
        migrations.RunSQL(
            CASCADES,
            [f"ALTER TABLE discovery_{kind}document DROP CONSTRAINT {kind}_document_of" for kind in KINDS],
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
    ]
