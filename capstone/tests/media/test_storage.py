import hashlib
import stat

import pytest

from audiobooks.media import storage

CONTENT = b"sound" * 50_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def stored_files(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_the_hash_of_its_content(settings):
    stored = storage.audio_store(CONTENT)

    assert stored == storage.StoredFile(sha256=SHA256, size_bytes=250_000)
    assert stored_files(settings.STORAGE_DIR) == [f"audio/{SHA256[:2]}/{SHA256}.m4a"]
    assert storage.path_of(storage.audio_name(SHA256)).read_bytes() == CONTENT


def test_a_file_from_disk_is_copied_not_moved(tmp_path):
    original = tmp_path / "chapter.m4a"
    original.write_bytes(CONTENT)

    stored = storage.audio_store(original)

    assert stored == storage.StoredFile(sha256=SHA256, size_bytes=250_000)
    assert original.read_bytes() == CONTENT


def test_a_stored_file_is_readable_by_the_server_that_sends_it():
    storage.audio_store(CONTENT)

    assert stat.S_IMODE(storage.path_of(storage.audio_name(SHA256)).stat().st_mode) == 0o644


def test_storing_again_writes_nothing_over_what_is_there(settings):
    storage.audio_store(CONTENT)
    before = storage.path_of(storage.audio_name(SHA256)).stat()

    storage.audio_store(CONTENT)

    after = storage.path_of(storage.audio_name(SHA256)).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(stored_files(settings.STORAGE_DIR)) == 1


def test_storing_again_repairs_what_was_damaged():
    storage.audio_store(CONTENT)
    path = storage.path_of(storage.audio_name(SHA256))
    path.write_bytes(CONTENT[:-1] + b"!")

    storage.audio_store(CONTENT)

    assert path.read_bytes() == CONTENT


def test_a_copy_that_breaks_off_leaves_nothing(settings, tmp_path):
    with pytest.raises(IsADirectoryError):
        storage.audio_store(tmp_path)
    with pytest.raises(ValueError, match="pixels wide"):
        storage.cover_store(SHA256, {123: b"picture"})

    assert stored_files(settings.STORAGE_DIR) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../etc/passwd",
        SHA256.upper(),
        SHA256[:63],
        SHA256 + "0",
        SHA256 + "\n",
        "../" + SHA256[:61],
        "é" * 64,
    ],
)
def test_only_a_sha256_becomes_a_path(name):
    with pytest.raises(ValueError, match="is no SHA-256"):
        storage.audio_name(name)
    with pytest.raises(ValueError, match="is no SHA-256"):
        storage.cover_name(name, 160)


@pytest.mark.parametrize("width_px", [0, -160, 161, 1920])
def test_only_the_widths_there_are_become_a_path(width_px):
    with pytest.raises(ValueError, match=r"Covers are \(160, 480, 960\) pixels wide"):
        storage.cover_name(SHA256, width_px)
