"""
The read model of lists and pages. Triggers keep it in the transaction of whoever changes what a card shows; a change that
more than 500 cards show lets go of them instead, and these services make them again.
"""

from django.db import connection, transaction

from lab_celery import outbox

AT_ONCE = 500  # as in migration 0005
MISSING = """
    SELECT array_agg(id) FROM (
        SELECT audiobook.id FROM catalog_audiobook audiobook LEFT JOIN catalog_card ON audiobook_id = audiobook.id
        WHERE audiobook_id IS NULL LIMIT %s
    ) missing
"""
WRONG = """
    SELECT coalesce(array_agg(made.audiobook_id ORDER BY made.audiobook_id), '{}')
    FROM catalog_card_made made JOIN catalog_card kept USING (audiobook_id)
    WHERE (made.card, made.whole) IS DISTINCT FROM (kept.card, kept.whole)
"""


def cards_fill() -> int:
    """Make the cards that are missing, in transactions of at most 500; return how many. Safe beside anything."""
    made = 0
    while ids := _missing():
        with transaction.atomic():
            _make(ids)
        made += len(ids)
    return made


def cards_rebuild() -> int:
    """Make every card anew, after SQL by hand with the triggers off; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_card")
    return cards_fill()


def cards_compare() -> list[str]:
    """
    Compare every card with the rows it shows, and make again those that differ; return their recordings' ids.

    There should be none: what is found was changed with the triggers off.
    """
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        (ids,) = cursor.fetchone()
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            _make(ids[start : start + AT_ONCE])
    return [str(one) for one in ids]


def cards_ask(changed: int) -> None:
    """Have the missing cards made soon, where a change let go of any: ``changed`` is how many recordings show it."""
    if changed > AT_ONCE:
        outbox.publish("catalog.cards_missing")


def _missing() -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [AT_ONCE])
        (ids,) = cursor.fetchone()
    return ids or []


def _make(ids: list[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_cards_make(%s::uuid[])", [ids])
