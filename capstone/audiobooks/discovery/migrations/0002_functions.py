"""
What makes documents and queries: folding, neighbourhoods, lexemes in many languages.

Documents and queries are folded by one function of the database, so that they cannot disagree.
"""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

FOLDING = r"""
-- --8<-- [start:fold]
-- Small letters and digits, without accents, one space between words: "L’Été" is "l ete".
CREATE FUNCTION search_fold(given text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        lower(unaccent(regexp_replace(normalize(lower(given), NFKD), '[\u0300-\u036f]', '', 'g'))),
        '[^[:alnum:]]+', ' ', 'g'))
$$;

-- The words of a document's text: "O'Brien" is found as o brien and as obrien, "20,000" as 20 000 and as 20000.
CREATE FUNCTION search_words(given text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT concat_ws(' ', search_fold(given), nullif(search_fold(regexp_replace(regexp_replace(
        given, '(\w)[''’ʼ‘`´‐‑-](?=\w)', '\1', 'g'), '(\d)[,. ](?=\d{3})', '\1', 'g')), search_fold(given)))
$$;
-- --8<-- [end:fold]

-- --8<-- [start:near]
-- A word, and it with one letter less. Two words with one of these in common are one letter apart: one more, one less,
-- another one, two that changed places; a few are two apart. Numbers are what they are, and short words too.
CREATE FUNCTION search_near(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(word) BETWEEN 4 AND 32 AND word !~ '^\d+$' THEN
        array(SELECT DISTINCT overlay(word PLACING '' FROM place FOR 1) FROM generate_series(1, length(word)) AS place)
        || word ELSE ARRAY[word] END
$$;
-- --8<-- [end:near]

CREATE FUNCTION search_near_words(given text) RETURNS tsvector LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array(
        SELECT DISTINCT near FROM unnest(string_to_array(search_words(given), ' ')) AS word,
            unnest(search_near(left(word, 200))) AS near WHERE near <> ''))
$$;
"""

LANGUAGES = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}

LEXEMES = f"""
-- PostgreSQL's configuration for a BCP 47 tag; without one, words are kept as they are.
CREATE FUNCTION search_configuration(tag text) RETURNS regconfig LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE split_part(tag, '-', 1)
        {" ".join(f"WHEN '{tag}' THEN '{name}'::regconfig" for tag, name in LANGUAGES.items())}
        ELSE 'simple'::regconfig END
$$;

-- Lexemes as the language has them, and the words as they are: whoever searches names no language.
CREATE FUNCTION search_lexemes(tag text, given text) RETURNS tsvector LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT to_tsvector('simple', search_words(given)) || to_tsvector(search_configuration(tag), search_fold(given))
$$;

-- --8<-- [start:terms]
-- The first 12 words of what is asked; each in every form that a language would look it up by, and whether one of them
-- leaves it out of its documents.
CREATE FUNCTION search_terms(asked text) RETURNS TABLE (word text, forms text[], is_stop_word boolean)
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT said.word, array_agg(DISTINCT form), bool_or(lexemes = '{{}}')
    FROM (SELECT word, place FROM unnest(string_to_array(search_fold(asked), ' ')) WITH ORDINALITY AS one (word, place)
          WHERE word <> '' ORDER BY place LIMIT 12) AS said,
         unnest(ARRAY[{", ".join(f"'{name}_stem'" for name in sorted(set(LANGUAGES.values())))}]::regdictionary[]) AS stemmer,
         LATERAL ts_lexize(stemmer, said.word) AS lexemes,
         LATERAL unnest(coalesce(lexemes, ARRAY[]::text[]) || said.word) AS form
    GROUP BY said.place, said.word ORDER BY said.place
$$;
-- --8<-- [end:terms]

-- --8<-- [start:queries]
-- Every word, in whatever form.
CREATE FUNCTION search_all(asked text) RETURNS tsquery LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(search_or(forms), ' & '), '')::tsquery FROM search_terms(asked)
$$;

-- Every word but stop words, unless there are no others.
CREATE FUNCTION search_essential(asked text) RETURNS tsquery LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(search_or(forms), ' & ') FILTER (WHERE NOT is_stop_word),
                    string_agg(search_or(forms), ' & '), '')::tsquery FROM search_terms(asked)
$$;

-- Every word but stop words: one letter apart, or begun.
CREATE FUNCTION search_nearly(asked text) RETURNS tsquery LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(one, ' & ') FILTER (WHERE NOT is_stop_word), string_agg(one, ' & '), '')::tsquery
    FROM (SELECT '(' || search_or(search_near(word)) || ' | ' || quote_literal(word) || ':*)' AS one, is_stop_word
          FROM search_terms(asked)) AS near
$$;

-- Any word: not to find, but to say how well something fits.
CREATE FUNCTION search_any(asked text) RETURNS tsquery LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(search_or(forms), ' | '), '')::tsquery FROM search_terms(asked)
$$;
-- --8<-- [end:queries]

-- --8<-- [start:score]
-- How well a recording fits, in millionths: what each word found is worth by its weight, a whole title before all, and of
-- equals the title that has least besides. A whole number, so that a page can begin after it.
CREATE FUNCTION search_score(title text, words tsvector, asked text, query tsquery) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT round(1000000 * (CASE WHEN title = asked THEN 2 ELSE 0 END
        + ts_rank('{{0.05, 0.2, 0.5, 1}}', words, query) * numnode(query) / array_length(string_to_array(asked, ' '), 1)
        + 0.2 * similarity(title, asked)))::integer
$$;

-- The same where nothing has all words.
CREATE FUNCTION search_likeness(title text, names text, asked text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT round(1000000 * (word_similarity(asked, names) + 0.5 * similarity(title, asked)))::integer
$$;
-- --8<-- [end:score]
"""  # noqa: S608 -- of names written above

OR = """
CREATE FUNCTION search_or(words text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT '(' || string_agg(quote_literal(word), ' | ') || ')' FROM unnest(words) AS word
$$;
"""

UNDO = """
DROP FUNCTION search_likeness(text, text, text), search_score(text, tsvector, text, tsquery),
    search_any(text), search_nearly(text), search_essential(text), search_all(text), search_terms(text),
    search_lexemes(text, text), search_configuration(text), search_or(text[]), search_near_words(text),
    search_near(text), search_words(text), search_fold(text)
"""


class Migration(migrations.Migration):
    dependencies = [("discovery", "0001_initial")]

    operations = [UnaccentExtension(), migrations.RunSQL([FOLDING, OR, LEXEMES], UNDO)]
