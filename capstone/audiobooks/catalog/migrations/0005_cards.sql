-- An instant as Django REST framework writes it.
CREATE FUNCTION catalog_instant(instant timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
           || CASE WHEN date_trunc('second', instant, 'UTC') = instant THEN '' ELSE to_char(instant AT TIME ZONE 'UTC', '.US') END || 'Z'
$$;

-- An average to two places, halves upwards, of whole numbers: as Rating computes it.
CREATE FUNCTION catalog_average(total bigint, count bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN count > 0 THEN trim_scale(((200 * total + count) / (2 * count))::numeric / 100) END
$$;

-- What the serializers AudiobookCard and AudiobookOut make of a recording. A test holds them together.
CREATE VIEW catalog_card_made AS
SELECT shown.audiobook_id, shown.card,
       left(shown.card, -1) || ', ' || substr(json_build_object(
           'summary', audiobook.summary,
           'publisher', (SELECT json_build_object('id', publisher.id, 'name', publisher.name)
                         FROM catalog_publisher publisher WHERE publisher.id = audiobook.publisher_id),
           'credits', coalesce((SELECT json_agg(json_build_object('role', credit.role, 'person', json_build_object('id', person.id, 'name', person.name))
                                                ORDER BY credit.role, credit.position)
                                FROM catalog_credit credit JOIN catalog_person person ON person.id = credit.person_id
                                WHERE credit.audiobook_id = audiobook.id), '[]'),
           'external_ids', coalesce((SELECT json_agg(json_build_object('scheme', scheme, 'value', value) ORDER BY external.id)
                                     FROM catalog_externalid external WHERE external.audiobook_id = audiobook.id), '[]'),
           'version', audiobook.version,
           'created_at', catalog_instant(audiobook.created_at),
           'updated_at', catalog_instant(audiobook.updated_at)
       )::text, 2) AS whole
FROM catalog_audiobook audiobook, LATERAL (
    SELECT audiobook.id AS audiobook_id, json_build_object(
        'id', audiobook.id,
        'title', audiobook.title,
        'subtitle', audiobook.subtitle,
        'language', audiobook.language,
        'is_abridged', audiobook.is_abridged,
        'released_on', audiobook.released_on,
        'duration_ms', audiobook.duration_ms,
        'access', audiobook.access,
        'status', audiobook.status,
        'book', (SELECT json_build_object('id', book.id, 'title', book.title) FROM catalog_book book WHERE book.id = audiobook.book_id),
        'authors', coalesce((SELECT json_agg(json_build_object('id', person.id, 'name', person.name) ORDER BY credit.position)
                             FROM catalog_credit credit JOIN catalog_person person ON person.id = credit.person_id
                             WHERE credit.audiobook_id = audiobook.id AND credit.role = 'author'), '[]'),
        'narrators', coalesce((SELECT json_agg(json_build_object('id', person.id, 'name', person.name) ORDER BY credit.position)
                               FROM catalog_credit credit JOIN catalog_person person ON person.id = credit.person_id
                               WHERE credit.audiobook_id = audiobook.id AND credit.role = 'narrator'), '[]'),
        'genres', coalesce((SELECT json_agg(json_build_object('slug', genre.slug, 'name', genre.name, 'parent', genre.parent_id) ORDER BY genre.sort_name, genre.slug)
                            FROM catalog_book_genres link JOIN catalog_genre genre ON genre.slug = link.genre_id
                            WHERE link.book_id = audiobook.book_id), '[]'),
        'series', coalesce((SELECT json_agg(json_build_object('id', series.id, 'name', series.name, 'sequence', trim_scale(entry.sequence)::text, 'label', entry.label)
                                            ORDER BY entry.sequence, entry.id)
                            FROM catalog_seriesentry entry JOIN catalog_series series ON series.id = entry.series_id
                            WHERE entry.book_id = audiobook.book_id), '[]'),
        'cover', (SELECT json_build_object('sha256', cover.sha256, 'description', cover.description, 'urls', (
                      SELECT json_object_agg(width, E'\x01/media/covers/' || cover.sha256 || '/' || width || '.webp' ORDER BY width)
                      FROM unnest('{160,480,960}'::int[]) width))
                  FROM catalog_cover cover WHERE cover.audiobook_id = audiobook.id),
        'rating', (SELECT json_build_object('count', count, 'overall', catalog_average(o1 + 2 * o2 + 3 * o3 + 4 * o4 + 5 * o5, count),
                                            'performance', catalog_average(performance, count), 'story', catalog_average(story, count),
                                            'histogram', json_build_array(o1, o2, o3, o4, o5))
                   FROM (SELECT coalesce(max(overall_1), 0) AS o1, coalesce(max(overall_2), 0) AS o2, coalesce(max(overall_3), 0) AS o3,
                                coalesce(max(overall_4), 0) AS o4, coalesce(max(overall_5), 0) AS o5,
                                coalesce(max(overall_1 + overall_2 + overall_3 + overall_4 + overall_5), 0) AS count,
                                coalesce(max(performance_sum), 0) AS performance, coalesce(max(story_sum), 0) AS story
                         FROM catalog_rating WHERE audiobook_id = audiobook.id) rated)
    )::text AS card
) shown;

-- Makes the cards of these recordings anew. The rows are locked first: who waits then reads what the other has committed.
-- More than 500 at once are let go of instead; they are read from the view until the task has made them again.
CREATE FUNCTION catalog_cards_make(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalog_audiobook WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    IF cardinality(ids) > 500 THEN
        DELETE FROM catalog_card WHERE audiobook_id = ANY(ids);
        RETURN;
    END IF;
    INSERT INTO catalog_card AS kept (audiobook_id, card, whole)
    SELECT audiobook_id, card, whole FROM catalog_card_made WHERE audiobook_id = ANY(ids)
    ON CONFLICT (audiobook_id) DO UPDATE SET card = EXCLUDED.card, whole = EXCLUDED.whole
        WHERE (kept.card, kept.whole) IS DISTINCT FROM (EXCLUDED.card, EXCLUDED.whole);
END $$;

-- After a statement: TG_ARGV[0] is the query for the recordings that show the rows in "changed" (of an update: as they are
-- now and as they were).
CREATE FUNCTION catalog_cards_touched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[];
BEGIN
    EXECUTE 'SELECT array_agg(DISTINCT id) FROM (' || TG_ARGV[0] || ') touched (id)' INTO ids;
    IF ids IS NOT NULL THEN
        PERFORM catalog_cards_make(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_cards_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM catalog_card WHERE audiobook_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER cards_forget AFTER DELETE ON catalog_audiobook REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_cards_forget();
