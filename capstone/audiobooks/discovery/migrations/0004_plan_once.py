"""
Documents are written by a plan that PostgreSQL keeps: of a write's 4 ms of processor time, 3 went into planning it anew.

Recordings are found by their ids, few or many: a plan made for any number of them serves all.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("discovery", "0003_triggers")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION audiobook_documents_write(uuid[]) SET plan_cache_mode = force_generic_plan",
            "ALTER FUNCTION audiobook_documents_write(uuid[]) RESET plan_cache_mode",
        ),
    ]
