"""
Partitions the events by month, and leaves room in pages whose rows change with every tick (heap-only tuples).

Django makes no partitioned table, so this puts one in the place of the empty table it made. A unique key of such a table
holds the partition's column: here (id, effective_at); Django goes on taking ``id`` for the key.
"""

from django.db import migrations
from django.utils import timezone

from audiobooks.playback.partitions import partitions_make

PARTITIONED = """
CREATE TABLE playback_event_by_month (LIKE playback_positionevent INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (effective_at);
DROP TABLE playback_positionevent;
ALTER TABLE playback_event_by_month RENAME TO playback_positionevent;
ALTER TABLE playback_positionevent
    ADD PRIMARY KEY (id, effective_at),
    ADD FOREIGN KEY (device_id) REFERENCES playback_device (id) DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (audiobook_id) REFERENCES catalog_audiobook (id) DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (session_id) REFERENCES playback_playbacksession (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX event_by_device ON playback_positionevent (device_id, audiobook_id, seq);
CREATE INDEX event_by_session ON playback_positionevent (session_id);
CREATE TABLE playback_positionevent_default PARTITION OF playback_positionevent DEFAULT;
"""
PLAIN = """
CREATE TABLE playback_event_plain (LIKE playback_positionevent INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO playback_event_plain SELECT * FROM playback_positionevent;
DROP TABLE playback_positionevent;
ALTER TABLE playback_event_plain RENAME TO playback_positionevent;
ALTER TABLE playback_positionevent ADD PRIMARY KEY (id);
CREATE INDEX event_by_device ON playback_positionevent (device_id, audiobook_id, seq);
"""
HOT = ("playback_listeningposition", "playback_coverage", "playback_listeningday", "playback_playbacksession")


class Migration(migrations.Migration):
    dependencies = [("playback", "0001_initial"), ("library", "0003_revisions")]

    operations = [
        migrations.RunSQL(PARTITIONED, PLAIN),
        migrations.RunPython(
            lambda apps, editor: partitions_make(now=timezone.now()), migrations.RunPython.noop
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} SET (fillfactor = 50)", f"ALTER TABLE {table} RESET (fillfactor)"
            )
            for table in (*HOT, "library_revision")
        ),
    ]
