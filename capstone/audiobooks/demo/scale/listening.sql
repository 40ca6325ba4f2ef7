-- Listeners, their devices, and what they heard: one sitting for each recording of each listener, told in one batch.
-- What is planted: listeners who claim more than was possible, who are in five places at once, who harvest the catalogue.

INSERT INTO accounts_user (id, username, email, password, password_version, role, is_active, is_superuser, created_at)
SELECT pg_temp.id('user', n), format('listener-%s-%s', seed, n), format('listener-%s-%s@example.org', seed, n),
       password, 1, 'listener', true, false, until - 60
FROM scale_size, generate_series(1, users) n;

CREATE TEMP TABLE scale_user AS
SELECT n, pg_temp.id('user', n) AS id, 1 + n % 12 AS taste,
       (ARRAY['overclaimed', 'at_once', 'harvested'])[ceil(row_number() OVER (ORDER BY pg_temp.part('planted', n), n) * 1.0 / planted)::int] AS anomaly
FROM scale_size, generate_series(1, users) n;
ANALYZE scale_user;

INSERT INTO playback_device (id, user_id, client_id, name, created_at)
SELECT pg_temp.id('device', listener.n * 5 + number), id, pg_temp.id('client', listener.n * 5 + number), 'Device ' || number, until - 60
FROM scale_size, scale_user listener, generate_series(0, CASE WHEN anomaly = 'at_once' THEN 4 ELSE 1 END) number;

-- Zipf's law with exponent 1, by its inverse: the rank is (N + 1) to the power of an even draw. Seven draws of ten keep to
-- the listener's taste, which is every twelfth recording. What is drawn twice counts once: so half as many again are drawn.
CREATE TEMP TABLE scale_drawn AS
SELECT listener.n AS user_n, rank AS audiobook_n, min(turn) AS turn
FROM scale_size, generate_series(1, draws) turn, scale_user listener,
LATERAL (SELECT pg_temp.part('rank', listener.n * draws + turn) AS even, pg_temp.part('taste', listener.n * draws + turn) < 0.7 AS to_taste) drawn,
LATERAL (
    SELECT CASE WHEN to_taste THEN 12 * floor(power(audiobooks / 12 + 1, even))::int - 12 + taste ELSE floor(power(audiobooks + 1, even))::int END AS rank
) ranked
WHERE rank BETWEEN 1 AND audiobooks
GROUP BY listener.n, rank;

-- A listener's last draw is held out, then as many as wanted are kept, turn by turn.
CREATE TEMP TABLE scale_listen AS
SELECT *, row_number() OVER (ORDER BY turn, user_n) AS place
FROM (SELECT *, row_number() OVER (PARTITION BY user_n ORDER BY turn DESC) = 1 AS held_out FROM scale_drawn) drawn;
DELETE FROM scale_listen WHERE NOT held_out AND place > (
    SELECT max(place) FROM (SELECT place FROM scale_listen, scale_size WHERE NOT held_out ORDER BY place LIMIT (SELECT positions FROM scale_size)) kept
);

CREATE TEMP TABLE scale_sitting AS
WITH counted AS (
    SELECT user_n, audiobook_n, row_number() OVER (ORDER BY user_n, turn) AS n, row_number() OVER (PARTITION BY user_n ORDER BY turn) AS nth
    FROM scale_listen WHERE NOT held_out
), lengths AS (  -- as many events as wanted in all: what one of two neighbours has more, the other has less
    SELECT counted.*,
           (events / positions + CASE WHEN n <= events % positions THEN 1 ELSE 0 END
            + CASE WHEN n + n % 2 > positions THEN 0 ELSE (n % 2 * 2 - 1) * floor(pg_temp.part('length', n + n % 2) * (events / positions))::int END)::int AS told
    FROM scale_size, counted
), placed AS (
    SELECT lengths.n, user_n, listener.id AS user_id, audiobook.id AS audiobook_id, anomaly, told,
           pg_temp.id('device', user_n * 5 + CASE WHEN anomaly = 'at_once' THEN nth % 5 ELSE lengths.n % 2 END) AS device_id,
           CASE anomaly WHEN 'overclaimed' THEN 5000 WHEN 'harvested' THEN 1000 ELSE 30000 END AS every_ms,
           CASE anomaly WHEN 'overclaimed' THEN 120000 WHEN 'harvested' THEN 1000 ELSE 30000 END AS heard_ms,
           CASE anomaly WHEN 'at_once' THEN user_n WHEN 'harvested' THEN user_n ELSE lengths.n END AS moment,
           CASE anomaly WHEN 'harvested' THEN nth * 60 ELSE 0 END AS later_s, duration_ms
    FROM lengths JOIN scale_user listener ON listener.n = user_n JOIN scale_audiobook audiobook ON audiobook.n = audiobook_n
), timed AS (
    SELECT placed.*,
           (1000 * floor(pg_temp.part('from', n) * (duration_ms - told * heard_ms) / 1000))::bigint AS from_ms,
           (until - 1 - floor(pg_temp.part('day', moment) * 45)::int)::timestamp AT TIME ZONE 'UTC'
               + make_interval(secs => floor(pg_temp.part('second', moment) * 70000) + later_s) AS started_at
    FROM scale_size, placed
)
SELECT timed.*, pg_temp.id('session', n) AS session_id,
       sum(told) OVER (PARTITION BY device_id ORDER BY started_at, n) - told AS seq,
       sum(told) OVER (ORDER BY started_at, n) - told AS event_n,
       row_number() OVER (PARTITION BY user_id ORDER BY started_at, n) AS revision
FROM timed;
ANALYZE scale_sitting;

INSERT INTO library_revision (user_id, number, forgotten)
SELECT id, count(session_id), 0 FROM scale_user LEFT JOIN scale_sitting ON user_id = id GROUP BY id;

INSERT INTO library_libraryentry (id, user_id, audiobook_id, state, changed_at, revision)
SELECT pg_temp.id('entry', n), user_id, audiobook_id, 'in_progress', started_at, revision FROM scale_sitting ORDER BY n;

INSERT INTO playback_playbacksession (id, user_id, audiobook_id, device_id, started_at, closed_at, seen_revision, revision)
SELECT session_id, user_id, audiobook_id, device_id, started_at, started_at + told * every_ms * interval '1 ms', revision - 1, revision
FROM scale_sitting ORDER BY n;

INSERT INTO playback_positionevent (id, device_id, audiobook_id, session_id, seq, revision, generation, effective_at, stored_at,
                                    position_ms, heard_from_ms, speed_percent)
SELECT pg_temp.id('event', event_n + tick), device_id, audiobook_id, session_id, seq + tick, revision, 0,
       started_at + tick * every_ms * interval '1 ms', started_at + told * every_ms * interval '1 ms',
       from_ms + tick * heard_ms, from_ms + (tick - 1) * heard_ms, 100
FROM (SELECT * FROM scale_sitting ORDER BY started_at, n) sitting, generate_series(1, told) tick;

INSERT INTO playback_eventreceipt (device_id, seq, digest, stored_at)
SELECT device_id, seq + tick, uuid_send(session_id), started_at + told * every_ms * interval '1 ms'
FROM (SELECT * FROM scale_sitting ORDER BY device_id, seq) sitting, generate_series(1, told) tick;

INSERT INTO playback_listeningposition (id, user_id, audiobook_id, device_id, seq, generation, heard_at, position_ms, revision)
SELECT pg_temp.id('position', n), user_id, audiobook_id, device_id, seq + told, 0, started_at + told * every_ms * interval '1 ms',
       from_ms + told * heard_ms, revision
FROM scale_sitting ORDER BY n;

INSERT INTO playback_coverage (user_id, audiobook_id, heard)
SELECT user_id, audiobook_id, int4multirange(int4range(from_ms::int, (from_ms + told * heard_ms)::int)) FROM scale_sitting ORDER BY n;

INSERT INTO playback_listeningday (user_id, session_id, day, first_at, last_at, speed_percent, heard, listened_ms, excess_ms)
SELECT user_id, session_id, (started_at AT TIME ZONE 'UTC')::date, started_at + every_ms * interval '1 ms',
       started_at + told * every_ms * interval '1 ms', 100, int4multirange(int4range(from_ms::int, (from_ms + told * heard_ms)::int)),
       counted_ms, told * heard_ms - counted_ms
FROM scale_sitting, LATERAL (SELECT least(told * heard_ms, (told - 1) * every_ms + 30000) AS counted_ms) bounded ORDER BY n;
