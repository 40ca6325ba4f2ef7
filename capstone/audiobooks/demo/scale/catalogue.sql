-- Genres, publishers, people, series, books and their recordings, from the one row of scale_size.
-- Popularity: recording n is the n-th most heard; its genre is n modulo 12, so that a taste is a stripe of the catalogue.

-- The functions are single expressions, which the planner puts in place of their calls.
CREATE OR REPLACE FUNCTION pg_temp.hashed(kind text, n bigint) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT md5(kind || ':' || current_setting('scale.seed') || ':' || n) $$;

-- [0, 1)
CREATE OR REPLACE FUNCTION pg_temp.part(kind text, n bigint) RETURNS double precision LANGUAGE sql STABLE
    AS $$ SELECT ('x' || left(pg_temp.hashed(kind, n), 12))::bit(48)::bigint / 281474976710656.0::double precision $$;

-- A UUID of version 7, so that rows lie in the order of n: a moment of 2024, the rest hashed.
CREATE OR REPLACE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT overlay(overlay(lpad(to_hex(1704067200000 + n), 12, '0') || left(pg_temp.hashed(kind, n), 20)
                                 placing '7' from 13) placing '8' from 17)::uuid $$;

CREATE OR REPLACE FUNCTION pg_temp.word(words text[], kind text, n bigint) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT words[1 + floor(pg_temp.part(kind, n) * cardinality(words))::int] $$;

-- 1 to 5, one in 25 a single star, nine in 25 all five.
CREATE OR REPLACE FUNCTION pg_temp.stars(kind text, n bigint) RETURNS int LANGUAGE sql STABLE
    AS $$ SELECT 1 + floor(5 * sqrt(pg_temp.part(kind, n)))::int $$;

INSERT INTO catalog_genre (slug, name, sort_name)
SELECT 'scale-' || lower(name), name, lower(name)
FROM unnest('{Adventure,Biography,Comedy,Crime,Drama,Essays,Fantasy,History,Poetry,Romance,Science,Travel}'::text[]) name
ON CONFLICT DO NOTHING;

CREATE TEMP TABLE scale_genre AS
SELECT row_number() OVER (ORDER BY slug) - 1 AS n, slug FROM catalog_genre WHERE slug LIKE 'scale-%';

INSERT INTO catalog_publisher (id, name, sort_name)
SELECT pg_temp.id('publisher', n), format('Press %s of %s', n, seed), format('press %s of %s', n, seed)
FROM scale_size, generate_series(1, publishers) n;

INSERT INTO catalog_person (id, name, filed_as, sort_name, born_year, died_year, is_synthetic, version)
SELECT pg_temp.id('person', n), first || ' ' || last, last || ', ' || first, lower(last || ', ' || first),
       1800 + n % 150, CASE WHEN n % 3 = 0 THEN 1870 + n % 150 END, n % 40 = 0, 1
FROM scale_size, generate_series(1, people) n,
LATERAL (
    SELECT pg_temp.word('{Ada,Amos,Bela,Clara,Dora,Edgar,Flora,Greta,Hugo,Ida,Jonas,Kate,Leon,Mara,Nils,Olga,Paul,Rosa,Sven,Theo,Vera,Walt}', 'first', n) AS first,
           pg_temp.word('{Abel,Berg,Carver,Dahl,Ekman,Falk,Garner,Holt,Ives,Jansen,Keller,Lind,Moreau,Nyman,Orlov,Petit,Quill,Reyes,Stone,Tamm,Varga,Weber}', 'last', n)
           || pg_temp.word('{"",by,son,strand,wood,mann}', 'ending', n) AS last
) named;

INSERT INTO catalog_series (id, name, sort_name)
SELECT pg_temp.id('series', n), 'Chronicle ' || n, 'chronicle ' || n FROM scale_size, generate_series(1, series) n;

CREATE TEMP TABLE scale_audiobook AS
SELECT n, pg_temp.id('book', n) AS book_id, pg_temp.id('audiobook', n) AS id,
       CASE WHEN n % 5 = 0 THEN 'The ' ELSE '' END || body AS title,
       lower(body) || CASE WHEN n % 5 = 0 THEN ', the' ELSE '' END AS sort_title,
       7200000 + 1000 * floor(pg_temp.part('duration', n) * 64800)::bigint AS duration_ms
FROM scale_size, generate_series(1, audiobooks) n,
LATERAL (
    SELECT pg_temp.word('{Amber,Bitter,Broken,Crimson,Distant,Empty,Final,Gentle,Golden,Hidden,Iron,Last,Lost,Midnight,Northern,Quiet,Restless,Salt,Silent,Winter}', 'adjective', n)
           || ' ' || pg_temp.word('{Archive,Bridge,Candle,City,Coast,Daughter,Echo,Forest,Garden,Harbour,Island,Journey,Letter,Mountain,Orchard,River,Shadow,Summer,Voyage,Window}', 'noun', n)
           || ' of ' || pg_temp.word('{Arden,Brill,Calder,Dorn,Elmira,Fenwick,Glass,Hale,Isen,Jura,Kestrel,Lorne,Marrow,Norvik,Ombra,Pell,Quay,Rook,Sorrel,Thorn}', 'place', n)
           || ' ' || n AS body
) titled;
ANALYZE scale_audiobook;

INSERT INTO catalog_book (id, title, subtitle, sort_title, original_language, first_published_year, version)
SELECT book_id, title, '', sort_title, 'en', 1850 + n % 170, 1 FROM scale_audiobook;

INSERT INTO catalog_book_genres (book_id, genre_id)
SELECT book_id, slug FROM scale_audiobook JOIN scale_genre genre ON genre.n IN (scale_audiobook.n % 12, (scale_audiobook.n / 12) % 12)
ORDER BY scale_audiobook.n;

-- A third of the books stands in a series, five to each.
INSERT INTO catalog_seriesentry (series_id, book_id, sequence, label)
SELECT pg_temp.id('series', 1 + (n / 3) % series), book_id, 1 + (n / 3) / series, '' FROM scale_size, scale_audiobook WHERE n % 3 = 0;

INSERT INTO catalog_audiobook (id, book_id, title, subtitle, sort_title, summary, language, is_abridged, released_on,
                               duration_ms, status, access, publisher_id, version, created_at, updated_at)
SELECT id, book_id, title, '', sort_title, repeat(title || '. ', 8), 'en', n % 20 = 0, until - 3 - n % 4000, duration_ms, 'ready',
       CASE WHEN n % 10 = 7 THEN 'members' ELSE 'open' END,
       pg_temp.id('publisher', 1 + n % publishers), 1, until - 2, until - 2
FROM scale_size, scale_audiobook;

-- An author, a narrator, and for one in four a second narrator: neighbours in the list of people, so never the same.
INSERT INTO catalog_credit (audiobook_id, person_id, role, position)
SELECT id, pg_temp.id('person', 1 + (floor(people * pg_temp.part('credit', n))::int + place) % people), role, position
FROM scale_size, scale_audiobook,
     (VALUES ('author', 1, 0), ('narrator', 1, 1), ('narrator', 2, 2)) credited (role, position, place)
WHERE position = 1 OR n % 4 = 0;

INSERT INTO catalog_chapter (audiobook_id, position, title, start_ms, end_ms)
SELECT id, position, 'Chapter ' || position, duration_ms * (position - 1) / 3, duration_ms * position / 3
FROM scale_audiobook, generate_series(1, 3) position;
