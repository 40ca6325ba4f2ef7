"""The read model of lists and pages, its view, and the triggers that keep it."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

# --8<-- [start:touched]
# Of each table: what shows its rows. A row that hangs on a recording or a work may come, go and move.
HANGS_ON = {
    "catalog_credit": "SELECT audiobook_id FROM {rows}",
    "catalog_cover": "SELECT audiobook_id FROM {rows}",
    "catalog_rating": "SELECT audiobook_id FROM {rows}",
    "catalog_externalid": "SELECT audiobook_id FROM {rows}",
    "catalog_seriesentry": "SELECT a.id FROM catalog_audiobook a JOIN {rows} USING (book_id)",
    "catalog_book_genres": "SELECT a.id FROM catalog_audiobook a JOIN {rows} USING (book_id)",
}
# Of what is named on cards only another name matters; who refers to it was there before.
NAMED = {
    "catalog_book": ("id, title", "SELECT a.id FROM catalog_audiobook a JOIN ({rows}) r ON r.id = a.book_id"),
    "catalog_person": (
        "id, name",
        "SELECT audiobook_id FROM catalog_credit c JOIN ({rows}) r ON r.id = c.person_id",
    ),
    "catalog_publisher": (
        "id, name",
        "SELECT a.id FROM catalog_audiobook a JOIN ({rows}) r ON r.id = a.publisher_id",
    ),
    "catalog_series": (
        "id, name",
        "SELECT a.id FROM catalog_audiobook a JOIN catalog_seriesentry e USING (book_id) JOIN ({rows}) r ON r.id = e.series_id",
    ),
    "catalog_genre": (
        "slug, name, sort_name, parent_id",
        "SELECT a.id FROM catalog_audiobook a JOIN catalog_book_genres g USING (book_id) JOIN ({rows}) r ON r.slug = g.genre_id",
    ),
}
# --8<-- [end:touched]
REFERENCING = {"INSERT": "NEW TABLE AS changed", "DELETE": "OLD TABLE AS changed"}
BOTH = "OLD TABLE AS before NEW TABLE AS changed"


def triggers() -> dict[str, str]:
    """Return the statements that make the triggers, by name and table."""
    wanted = {("catalog_audiobook", event): "SELECT id FROM changed" for event in ("INSERT", "UPDATE")}
    for table, query in HANGS_ON.items():
        for event in ("INSERT", "DELETE"):
            wanted[table, event] = query.format(rows="changed")
        wanted[table, "UPDATE"] = f"{query.format(rows='changed')} UNION {query.format(rows='before')}"
    for table, (columns, query) in NAMED.items():
        rows = f"SELECT {columns} FROM changed EXCEPT SELECT {columns} FROM before"  # noqa: S608 -- names of ours
        wanted[table, "UPDATE"] = query.format(rows=rows)
    return {
        f"cards_{event.lower()} ON {table}": f"CREATE TRIGGER cards_{event.lower()} AFTER {event} ON {table} "
        f"REFERENCING {REFERENCING.get(event, BOTH)} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION catalog_cards_touched($${query}$$)"
        for (table, event), query in wanted.items()
    }


UNDO = """
DROP TRIGGER cards_forget ON catalog_audiobook;
DROP FUNCTION catalog_cards_forget, catalog_cards_touched, catalog_cards_make;
DROP VIEW catalog_card_made;
DROP FUNCTION catalog_instant, catalog_average;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_rating")]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                (
                    "audiobook",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="shown",
                        serialize=False,
                        to="catalog.audiobook",
                    ),
                ),
                ("card", models.TextField(editable=False, help_text="As lists show it.")),
                ("whole", models.TextField(editable=False, help_text="As its own page shows it.")),
            ],
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(), UNDO),
        *(migrations.RunSQL(make, f"DROP TRIGGER {name}") for name, make in triggers().items()),
        migrations.RunSQL(
            "INSERT INTO catalog_card (audiobook_id, card, whole) SELECT audiobook_id, card, whole FROM catalog_card_made",
            migrations.RunSQL.noop,
        ),
    ]
