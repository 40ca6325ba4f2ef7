"""When renditions are made, made anew and taken away; and that nobody ever sees a half of one."""

import logging
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cast import make_audiobook, make_chapters
from django.db.models import F
from django.utils import timezone
from media.audio import make_file, make_streamed
from media.books import encoded
from media.processes import eventually, process_environment
from media.test_ingest import job_for
from media.tones import tones_m4a
from media.uploading import append, begin

from audiobooks.catalog.models import Audiobook
from audiobooks.media import services, storage
from audiobooks.media.alone import alone
from audiobooks.media.models import Rendering, Rendition, SourceFile

pytestmark = pytest.mark.django_db


def catch_up(now=None) -> None:
    services.renditions_catch_up(clock=lambda: now or timezone.now())


def due(now=None) -> list:
    return services.renditions_due(limit=10, now=now or timezone.now())


def stored() -> dict[str, bytes]:
    """Return every file of the storage and what is in it."""
    root = storage.path_of("")
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def current(audiobook) -> dict[str, str]:
    return dict(audiobook.renditions.filter(replaced_at=None).values_list("kind", "sha256"))


def test_a_job_leaves_nothing_to_be_made(ada):
    job = job_for(
        ada, encoded(440, tags={"album": "<b>Emma</b>  =;#"}), encoded(550), names=["1.m4a", "2.m4a"]
    )

    assert set(current(job.audiobook)) == {"m4b", "hls"}
    assert due() == []
    before = stored()
    Audiobook.objects.update(version=F("version") + 1)
    catch_up()
    assert (stored(), Rendition.objects.count()) == (
        before,
        2,
    )  # all that went in is in the rows, letter by letter


def test_what_has_files_and_no_renditions_gets_them_once(settings):
    audiobook, silent = make_audiobook(), make_audiobook()
    make_file(audiobook)
    assert due() == [audiobook.pk]

    catch_up()
    first, names = stored(), current(audiobook)
    catch_up()
    services.renditions_make(audiobook_id=audiobook.pk, clock=timezone.now)

    assert (set(names), silent.renditions.count(), due()) == ({"m4b", "hls"}, 0, [])
    assert (stored(), current(audiobook), Rendition.objects.count()) == (first, names, 2)


def test_a_second_run_makes_the_same_bytes_in_the_same_place():
    audiobook = make_streamed(440)
    first, names = stored(), current(audiobook)
    Rendering.objects.all().delete()  # as if it had died before its last transaction

    catch_up()

    assert (stored(), current(audiobook), Rendition.objects.count()) == (first, names, 2)


def test_damaged_streams_are_mended_by_making_them_again():
    audiobook = make_streamed(440)
    path = storage.path_of(storage.stream_name(current(audiobook)["hls"], "aac-64.mp4"))
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    Rendering.objects.all().delete()

    catch_up()

    assert path.read_bytes() == whole


def test_other_chapters_make_another_m4b_of_the_same_stream():
    audiobook = make_streamed(440)
    before = current(audiobook)
    audiobook.chapters.update(title="Another name")
    audiobook.version += 1
    audiobook.save()
    assert due() == [audiobook.pk]

    catch_up()

    after = current(audiobook)
    assert (after["hls"], after["m4b"] == before["m4b"]) == (before["hls"], False)
    assert (due(), Rendition.objects.exclude(replaced_at=None).get().sha256) == ([], before["m4b"])


def test_a_change_that_is_not_heard_makes_nothing_anew():
    audiobook = make_streamed(440)
    before = stored()
    audiobook.summary, audiobook.version = "Handsome, clever and rich.", 2
    audiobook.save()

    catch_up()

    assert (due(), stored(), Rendition.objects.count()) == ([], before, 2)


def test_another_file_takes_the_renditions_away_until_there_are_new_ones(bo, as_user):
    audiobook = make_streamed(440, access="members")
    before = current(audiobook)
    path = f"/api/v1/audiobooks/{audiobook.pk}/stream/"
    assert as_user(bo).get(path).status_code == 200

    make_file(audiobook, 2, 2000, tones_m4a(550))

    assert (current(audiobook), as_user(bo).get(path).status_code) == ({}, 404)
    catch_up()
    assert as_user(bo).get(path).status_code == 200
    assert set(before.values()).isdisjoint(current(audiobook).values())


def test_what_was_replaced_opens_for_a_day_and_is_gone_after_it():
    audiobook = make_streamed(440)
    old = current(audiobook)
    make_file(audiobook, 2, 2000, tones_m4a(550))
    catch_up()
    now = timezone.now()

    assert services.replaced_renditions_delete(now=now) == 0
    names = set(stored())
    assert services.replaced_renditions_delete(now=now + timedelta(days=1, minutes=1)) == 2

    gone = names - set(stored())
    assert gone == {storage.audio_name(old["m4b"])} | {name for name in names if old["hls"] in name}
    assert len(gone) == 8
    assert (set(current(audiobook)), Rendition.objects.count()) == ({"m4b", "hls"}, 2)


def test_bytes_that_another_recording_has_too_are_kept():
    one, other = make_streamed(440, title="Emma"), make_streamed(440, title="Emma")
    assert current(one) == current(other)
    make_file(one, 2, 2000, tones_m4a(550))

    deleted = services.replaced_renditions_delete(now=timezone.now() + timedelta(days=2))

    assert (deleted, current(one)) == (2, {})
    assert storage.path_of(storage.stream_name(current(other)["hls"], "index.m3u8")).exists()
    assert storage.path_of(storage.audio_name(current(other)["m4b"])).exists()


def test_what_fails_is_noted_and_tried_again_later_and_the_next_one_is_made(caplog):
    audiobook, other = make_audiobook(), make_audiobook()
    file = make_file(audiobook)
    make_file(other, content=tones_m4a(550))
    path = storage.path_of(storage.audio_name(file.sha256))
    content = path.read_bytes()
    path.unlink()
    now = timezone.now()

    with caplog.at_level(logging.CRITICAL):
        catch_up(now)

    noted = Rendering.objects.get(audiobook=audiobook)
    assert (noted.attempts, noted.reason.partition(":")[0]) == (1, "FileNotFoundError")
    assert (due(now), set(current(other))) == ([], {"m4b", "hls"})
    assert due(now + timedelta(minutes=2)) == [audiobook.pk]
    path.write_bytes(content)
    catch_up(now + timedelta(minutes=2))
    assert set(current(audiobook)) == {"m4b", "hls"}
    assert (Rendering.objects.get(audiobook=audiobook).attempts, due(now + timedelta(days=9))) == (0, [])


def test_a_job_that_waits_goes_first(ada):
    audiobook = make_audiobook()
    make_file(audiobook)
    content = encoded(440)
    upload = append(begin(ada, content), content)
    job = services.job_begin(curator_id=ada.pk, upload_ids=[upload.pk], now=timezone.now())

    catch_up()
    assert current(audiobook) == {}

    services.job_cancel(job_id=job.pk, curator_id=ada.pk, now=timezone.now())
    catch_up()
    assert set(current(audiobook)) == {"m4b", "hls"}


def test_damaged_files_are_not_made_into_anything():
    file = make_file()
    SourceFile.objects.update(state="corrupt")

    assert due() == []

    SourceFile.objects.update(state="intact")
    assert due() == [file.audiobook_id]


def test_a_recording_that_changes_while_it_is_made_is_made_once_more():
    audiobook = make_audiobook()
    make_file(audiobook)
    make_chapters(audiobook, 2000)

    def clock():
        audiobook.chapters.update(title="Another name")
        return timezone.now()

    services.renditions_make(audiobook_id=audiobook.pk, clock=clock)

    assert (current(audiobook), due()) == ({}, [audiobook.pk])
    catch_up()
    assert set(current(audiobook)) == {"m4b", "hls"}


KILLED = """
import django; django.setup()
from uuid import UUID
from django.utils import timezone
from audiobooks.media import packaging, services
import sys, time
write = packaging._index
def pause(segments):
    print("written", flush=True)
    time.sleep(60)
packaging._index = pause
services.renditions_make(audiobook_id=UUID(sys.argv[1]), clock=timezone.now)
"""


@pytest.mark.django_db(transaction=True)
def test_a_renderer_that_is_killed_leaves_nothing_to_be_seen_and_another_takes_over(settings):
    audiobook = make_audiobook()
    make_file(audiobook)
    before = set(stored())
    environment = process_environment(STORAGE_DIR=str(settings.STORAGE_DIR))
    command = [sys.executable, "-c", KILLED, str(audiobook.pk)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        with alone("renditions", audiobook.pk) as is_alone:
            assert not is_alone
        process.send_signal(signal.SIGKILL)

    left = set(stored()) - before
    assert left
    assert {Path(name).parts[0] for name in left} == {"incoming"}
    assert (current(audiobook), due()) == ({}, [audiobook.pk])

    def taken_over() -> bool:
        services.renditions_make(audiobook_id=audiobook.pk, clock=timezone.now)
        return bool(current(audiobook))

    eventually(taken_over)  # once PostgreSQL has noticed
    assert set(current(audiobook)) == {"m4b", "hls"}
    services.replaced_renditions_delete(now=timezone.now() + timedelta(days=2))
    assert not [name for name in stored() if name.startswith("incoming")]
