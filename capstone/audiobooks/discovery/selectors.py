"""Finding recordings, and the words to find them by. Each selector states what it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F, FloatField, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Concat

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.selectors import audiobooks_visible_to, people_credited, series_visible_to
from audiobooks.discovery.expressions import folded, matches, query, whole_number
from audiobooks.principal import Principal

MOST_RANKED = 10_000  # recordings that one question is answered from
MOST_SIMILAR = 50  # of those, where only letters are alike
MOST_LOOKED_AT = 1_000  # things that one suggestion is chosen from


class Closeness(StrEnum):
    """What the found have in common with what was asked."""

    WORDS = "words"
    KEY_WORDS = "key_words"
    NEAR_WORDS = "near_words"
    SIMILAR = "similar"


# --8<-- [start:steps]
# Each step is taken where the one before has found nothing.
STEPS: dict[Closeness, Callable[[str], Any]] = {
    Closeness.WORDS: lambda asked: matches("document__words", query("all", asked)),
    Closeness.KEY_WORDS: lambda asked: matches("document__words", query("essential", asked)),
    Closeness.NEAR_WORDS: lambda asked: matches("document__near", query("nearly", asked)),
    Closeness.SIMILAR: lambda asked: Q(document__names__trigram_word_similar=folded(asked)),
}
# --8<-- [end:steps]


# --8<-- [start:found]
def audiobooks_found(among: QuerySet[Audiobook], asked: str) -> tuple[QuerySet[Any], Closeness]:
    """
    Return those of ``among`` that fit what was asked, each with its ``score``, and how closely they fit.

    1 query for each step up to the one that finds something, at most 3.
    """
    for closeness in STEPS:
        # Not exists(): for one row, PostgreSQL prefers to look through the table from its beginning.
        if closeness is Closeness.SIMILAR or audiobooks_fitting(among, closeness, asked).count():
            break
    return audiobooks_ranked(among, closeness, asked), closeness


def audiobooks_fitting(among: QuerySet[Audiobook], closeness: Closeness, asked: str) -> QuerySet[Any]:
    """Return the ids of those of ``among`` that fit what was asked so closely, as many as are ranked. 1 query."""
    most = MOST_SIMILAR if closeness is Closeness.SIMILAR else MOST_RANKED
    return among.filter(STEPS[closeness](asked)).order_by().values("pk")[:most]


def audiobooks_ranked(among: QuerySet[Audiobook], closeness: Closeness, asked: str) -> QuerySet[Any]:
    """Return those that fit so closely, each with its ``score``: a whole number, more is better. 1 query."""
    fitting = audiobooks_fitting(among, closeness, asked)
    return among.filter(pk__in=fitting).annotate(score=score_of(closeness, asked))


# --8<-- [end:found]


def score_of(closeness: Closeness, asked: str) -> Any:
    """Return the expression that says how well a document fits."""
    if closeness in (Closeness.WORDS, Closeness.KEY_WORDS):
        any_word = query("any", asked)
        return whole_number(
            "search_score", "document__title", "document__words", asked=asked, more=(any_word,)
        )
    return whole_number("search_likeness", "document__title", "document__names", asked=asked)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to search for: ``kind`` is audiobook, person or series."""

    kind: str
    id: UUID
    text: str


def suggestions_for(principal: Principal, asked: str, *, limit: int) -> list[Suggestion]:
    """
    Return up to ``limit`` titles and names that begin with what was asked, then those that are near it.

    3 queries where enough begin so, at most 6. Of recordings with one title one is suggested.
    """
    kinds: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("audiobook", audiobooks_visible_to(principal), "title"),
        ("person", people_credited(principal), "name"),
        ("series", series_visible_to(principal), "name"),
    )
    found: dict[tuple[str, str], Suggestion] = {}
    for look in (_begun, _near):
        rows = [
            (row.likeness, Suggestion(kind, row.pk, getattr(row, shown_as)))
            for kind, things, shown_as in kinds
            for row in look(things, asked, limit)
        ]
        for _, one in sorted(rows, key=lambda row: (-row[0], row[1].text, row[1].id)):
            found.setdefault((one.kind, one.text), one)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _begun(things: QuerySet[Any], asked: str, limit: int) -> QuerySet[Any]:
    """Return things whose name begins with what was asked, in the order of the index."""
    first, beyond = folded(asked), Concat(folded(asked), Value(chr(0x10FFFF)))
    begun = things.filter(document__title__gte=first, document__title__lt=beyond).exclude(
        document__title=Value("")
    )
    return _likened(begun.order_by("document__title", "pk"), asked)[: 4 * limit]


def _near(things: QuerySet[Model], asked: str, limit: int) -> QuerySet[Any]:
    """Return things whose words are near those that were asked for, the likest first."""
    near = things.filter(matches("document__near", query("nearly", asked))).values("pk")[:MOST_LOOKED_AT]
    return _likened(things.filter(pk__in=near), asked).order_by("-likeness", "pk")[: 4 * limit]


def _likened(things: QuerySet[Any], asked: str) -> QuerySet[Any]:
    likeness: Any = Func(
        F("document__title"), folded(asked), function="similarity", output_field=FloatField()
    )
    likened: QuerySet[Any] = things.annotate(likeness=likeness)
    return likened
