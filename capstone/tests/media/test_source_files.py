import io
import wave
from datetime import UTC, datetime, timedelta
from uuid import UUID

import av
import pytest
from cast import make_audiobook
from django.db import IntegrityError, connection, transaction
from media.tones import tones_m4a

from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.media import selectors, services, storage
from audiobooks.media.models import SourceFile

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
STATE = SourceFile.State


def store(audiobook, position=1, start_ms=0, content=b"", **but) -> SourceFile:
    content = content or tones_m4a(440)
    return services.source_file_store(
        audiobook_id=audiobook.id, position=position, start_ms=start_ms, content=content, **but
    )


def path_of(file):
    return storage.path_of(storage.audio_name(file.sha256))


def test_a_stored_file_says_what_is_in_it():
    content = tones_m4a(440, 660)

    file = store(make_audiobook(), content=content)

    assert (file.duration_ms, file.codec, file.sample_rate_hz, file.channels) == (4000, "aac", 16_000, 1)
    assert (file.media_type, file.size_bytes, file.state) == ("audio/mp4", len(content), STATE.INTACT)
    assert file.verified_at is None
    assert path_of(file).read_bytes() == content


def test_a_file_from_disk_is_stored_like_one_from_memory(tmp_path):
    (tmp_path / "chapter.m4a").write_bytes(tones_m4a(440))
    audiobook = make_audiobook()

    file = store(audiobook, content=tmp_path / "chapter.m4a")

    assert store(audiobook, content=tones_m4a(440)) == file


def test_storing_the_same_twice_keeps_one_file():
    audiobook = make_audiobook()

    first, second = store(audiobook), store(audiobook)

    assert first.id == second.id
    assert SourceFile.objects.count() == 1


def test_two_recordings_may_hold_the_same_sound():
    first, second = store(make_audiobook()), store(make_audiobook())

    assert first.id != second.id
    assert path_of(first) == path_of(second)


def test_a_position_is_not_given_twice():
    audiobook = make_audiobook()
    store(audiobook)

    with pytest.raises(Conflict) as refused:
        store(audiobook, content=tones_m4a(660))

    assert refused.value.code == "position_taken"


@pytest.mark.parametrize("start_ms", [2001, 3999, 5999])
def test_files_do_not_share_a_moment(start_ms):
    audiobook = make_audiobook()
    store(audiobook, start_ms=4000)

    with pytest.raises(Conflict) as refused:
        store(audiobook, position=2, start_ms=start_ms)

    assert refused.value.code == "time_taken"
    assert refused.value.detail == "File 1 of this recording lies there already."


@pytest.mark.parametrize("start_ms", [2000, 6000])
def test_files_may_touch(start_ms):
    audiobook = make_audiobook()
    store(audiobook, start_ms=4000)

    assert store(audiobook, position=2, start_ms=start_ms).start_ms == start_ms


def test_the_database_itself_refuses_an_overlap():
    audiobook = make_audiobook()
    file = store(audiobook)
    file.pk, file.position, file.start_ms = UUID(int=1), 2, 1999

    with pytest.raises(IntegrityError, match="source_files_do_not_overlap"), transaction.atomic():
        file.save(force_insert=True)


@pytest.mark.parametrize(("position", "start_ms"), [(0, 0), (-1, 0), (1, -1)])
def test_a_place_before_the_beginning_is_invalid(position, start_ms):
    with pytest.raises(Invalid) as refused:
        store(make_audiobook(), position=position, start_ms=start_ms)

    assert refused.value.code == "bad_place"


def test_what_is_not_audio_is_refused_and_not_kept(settings):
    with pytest.raises(Invalid) as refused:
        store(make_audiobook(), content=b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")

    assert refused.value.code == "not_audio"
    assert not (settings.STORAGE_DIR / "audio").exists()


def in_another_container(kind: str) -> bytes:
    """Return a tone's AAC packets, not in MP4."""
    output = io.BytesIO()
    with av.open(io.BytesIO(tones_m4a(440))) as source, av.open(output, "w", format=kind) as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return output.getvalue()


def wav() -> bytes:
    output = io.BytesIO()
    with wave.open(output, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (in_another_container("adts"), "AAC in another container"),
        (in_another_container("matroska"), "AAC in another container"),
        (wav(), "pcm_s16le"),
    ],
    ids=["adts", "matroska", "wav"],
)
def test_audio_that_is_not_what_players_would_be_told_is_refused(content, found):
    with pytest.raises(Invalid) as refused:
        store(make_audiobook(), content=content)

    assert refused.value.code == "audio_format_unknown"
    assert refused.value.detail == f"Only AAC in MP4 (.m4a) is taken, this is {found}: convert it."


def test_a_recording_that_is_not_there_gets_no_file():
    with pytest.raises(NotFound):
        services.source_file_store(audiobook_id=UUID(int=1), position=1, start_ms=0, content=tones_m4a(440))


def test_a_moment_is_found_in_its_file_by_one_query(django_assert_num_queries):
    audiobook = make_audiobook()
    files = [store(audiobook, 1, 0), store(audiobook, 2, 2000), store(audiobook, 3, 5000)]
    store(make_audiobook())

    with django_assert_num_queries(4):
        found = [selectors.source_file_covering(audiobook.id, at_ms) for at_ms in (0, 1999, 2000, 6999)]

    assert [file.position for file in found] == [1, 1, 2, 3]
    assert found[3] == files[2]


@pytest.mark.parametrize("at_ms", [-1, 4000, 4999, 7000, 2**63])
def test_a_moment_without_audio_is_not_found(at_ms):
    audiobook = make_audiobook()
    for position, start_ms in enumerate([0, 2000, 5000], 1):
        store(audiobook, position, start_ms)

    with pytest.raises(NotFound) as refused:
        selectors.source_file_covering(audiobook.id, at_ms)

    assert refused.value.detail == f"This audiobook has no audio at {at_ms} ms."


def test_verifying_finds_what_is_intact_corrupt_and_missing(caplog):
    audiobook = make_audiobook()
    intact, corrupt, missing = (store(audiobook, n, n * 2000, tones_m4a(n * 220)) for n in (1, 2, 3))
    with path_of(corrupt).open("r+b") as disk:
        disk.seek(1000)
        disk.write(b"\x00\xff")
    path_of(missing).unlink()

    found = services.stored_audio_verify(limit=10, now=NOON)

    assert {file.id: file.state for file in found} == {
        intact.id: STATE.INTACT,
        corrupt.id: STATE.CORRUPT,
        missing.id: STATE.MISSING,
    }
    for file in (intact, corrupt, missing):
        file.refresh_from_db()
        assert file.verified_at == NOON
    assert [record.message for record in caplog.records] == [
        f"Audio file {corrupt.id} (sha256 {corrupt.sha256}) is corrupt: store it again from a copy.",
        f"Audio file {missing.id} (sha256 {missing.sha256}) is missing: store it again from a copy.",
    ]


def test_a_file_that_is_stored_again_is_intact_again():
    audiobook = make_audiobook()
    file = store(audiobook)
    path_of(file).unlink()
    assert services.source_file_verify(source_file_id=file.id, now=NOON).state == STATE.MISSING

    store(audiobook)

    assert services.source_file_verify(source_file_id=file.id, now=NOON).state == STATE.INTACT


def test_what_cannot_be_read_is_corrupt_and_does_not_stop_the_rest(caplog):
    audiobook = make_audiobook()
    unreadable, intact = store(audiobook), store(audiobook, 2, 2000, tones_m4a(660))
    path_of(unreadable).unlink()
    path_of(unreadable).mkdir()

    found = services.stored_audio_verify(limit=10, now=NOON)

    assert [(file.id, file.state) for file in found] == [
        (unreadable.id, STATE.CORRUPT),
        (intact.id, STATE.INTACT),
    ]
    assert caplog.records[0].message == f"Audio file {unreadable.id} cannot be read"


def test_the_least_recently_verified_come_first_and_none_twice_a_day():
    audiobook = make_audiobook()
    files = [store(audiobook, n, n * 2000) for n in (1, 2, 3, 4)]
    for file, days in zip(files, [2, 3, None, 1], strict=True):
        file.verified_at = NOON - timedelta(days=days) + timedelta(seconds=1) if days else None
        file.save()

    runs = [services.stored_audio_verify(limit=2, now=NOON) for _ in range(3)]

    assert [[file.position for file in run] for run in runs] == [[3, 2], [1], []]


def test_verifying_one_that_is_not_there_says_so():
    with pytest.raises(NotFound):
        services.source_file_verify(source_file_id=UUID(int=1), now=NOON)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_another_process_verifies_is_left_to_it():
    audiobook = make_audiobook()
    taken, free = store(audiobook), store(audiobook, 2, 2000)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM media_sourcefile WHERE id = %s FOR UPDATE", [taken.id])

    found = services.stored_audio_verify(limit=10, now=NOON)

    other.close()
    assert [file.id for file in found] == [free.id]
