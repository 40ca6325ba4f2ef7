-- One sitting in five ends with a review: stars that lean towards five, and the recording's rating made of them.

INSERT INTO reviews_review (id, audiobook_id, user_id, overall, performance, story, text, is_spoiler, created_at, version, revision,
                            helpful_count, open_reports, queued_at, hidden_for, hidden_note)
SELECT pg_temp.id('review', n), audiobook_id, user_id, pg_temp.stars('overall', n), pg_temp.stars('performance', n), pg_temp.stars('story', n),
       pg_temp.word('{"I could not stop.","It takes its time.","A voice to remember.","The end came too soon.","Not for me."}', 'opinion', n),
       false, said_at, 1, revision, 0, 0, said_at, '', ''
FROM scale_sitting, LATERAL (SELECT started_at + told * every_ms * interval '1 ms' AS said_at) told WHERE n % 5 = 0 ORDER BY n;

INSERT INTO catalog_rating (audiobook_id, overall_1, overall_2, overall_3, overall_4, overall_5, performance_sum, story_sum, version)
SELECT audiobook_id, count(*) FILTER (WHERE overall = 1), count(*) FILTER (WHERE overall = 2), count(*) FILTER (WHERE overall = 3),
       count(*) FILTER (WHERE overall = 4), count(*) FILTER (WHERE overall = 5), sum(performance), sum(story), count(*)
FROM reviews_review JOIN scale_audiobook ON scale_audiobook.id = audiobook_id GROUP BY audiobook_id ORDER BY audiobook_id;
