import io

import httpx
from cast import make_audiobook
from media.audio import address, bytes_of, make_file, problem
from media.processes import status_at
from media.tones import heard_hz, tones_m4a

from audiobooks.media import storage
from audiobooks.media.selectors import source_file_covering

CHAPTERS_HZ = (440, 660, 880)


class RemoteFile(io.RawIOBase):
    """A file as a player sees it: every read is a range request."""

    def __init__(self, player: httpx.Client, url: str) -> None:
        self.player, self.url, self.at, self.bytes_read = player, url, 0, 0
        self.size = int(player.head(url).headers["Content-Length"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer) -> int:
        last = min(self.at + len(buffer), self.size) - 1
        if last < self.at:
            return 0
        answer = self.player.get(self.url, headers={"Range": f"bytes={self.at}-{last}"})
        assert answer.status_code == 206
        buffer[: len(answer.content)] = answer.content
        self.at += len(answer.content)
        self.bytes_read += len(answer.content)
        return len(answer.content)


def test_the_whole_file_comes_with_all_a_player_needs(player, bo):
    file = make_file()

    answer = player.get(address(file, bo))

    assert answer.status_code == 200
    assert answer.content == bytes_of(file)
    said = answer.headers
    assert said["Content-Length"] == str(file.size_bytes)
    assert said["Content-Type"] == "audio/mp4"
    assert said["Content-Disposition"] == "inline"
    assert said["Accept-Ranges"] == "bytes"
    assert said["ETag"] == f'"{file.sha256}"'
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in said["Access-Control-Expose-Headers"]
    assert "Set-Cookie" not in said
    kind, _, max_age = said["Cache-Control"].partition(", max-age=")
    assert kind == "private"
    assert 890 <= int(max_age) <= 900


def test_head_says_what_get_would_and_sends_nothing(player, bo):
    url = address(make_file(), bo)

    head, get = player.head(url, headers={"Range": "bytes=0-9"}), player.get(url)

    assert head.status_code == 200
    assert head.content == b""
    for field in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"):
        assert head.headers[field] == get.headers[field]


def test_ranges_put_together_are_the_chapter_that_was_asked_for(player, bo):
    audiobook = make_audiobook()
    for position, hz in enumerate(CHAPTERS_HZ, 1):
        make_file(audiobook, position, (position - 1) * 2000, tones_m4a(hz))

    for at_ms, hz in [(0, 440), (2000, 660), (5999, 880)]:
        file = source_file_covering(audiobook.id, at_ms)
        url = address(file, bo)
        parts = [
            player.get(url, headers={"Range": f"bytes={first}-{first + 999}"})
            for first in range(0, file.size_bytes, 1000)
        ]
        content = b"".join(part.content for part in parts)
        assert {part.status_code for part in parts} == {206}
        assert content == bytes_of(file)
        assert heard_hz(content) == hz


def test_a_player_that_seeks_hears_the_right_chapter_and_fetches_a_part(player, bo):
    file = make_file(content=tones_m4a(*CHAPTERS_HZ, seconds_each=60))

    for chapter, hz in enumerate(CHAPTERS_HZ):
        remote = RemoteFile(player, address(file, bo))
        assert heard_hz(remote, from_s=chapter * 60 + 5) == hz
        assert remote.bytes_read < file.size_bytes / 2


def test_one_range_is_answered_with_exactly_its_bytes(player, bo):
    file = make_file()
    url, content, size = address(file, bo), bytes_of(file), file.size_bytes

    for asked, start, end in [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=100-", 100, size),
        ("bytes=-100", size - 100, size),
        ("bytes=-99999999999999999999999", 0, size),
        ("bytes=100-99999999999999999999999", 100, size),
    ]:
        answer = player.get(url, headers={"Range": asked})
        assert answer.status_code == 206
        assert answer.content == content[start:end]
        assert answer.headers["Content-Length"] == str(end - start)
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert answer.headers["ETag"] == f'"{file.sha256}"'


def test_several_ranges_and_other_units_are_answered_with_the_whole_file(player, bo):
    file = make_file()

    for asked in ["bytes=0-0,5-9", "bytes=0-0,0-0,0-0,0-0", "bytes=0-,-1", "items=0-1"]:
        answer = player.get(address(file, bo), headers={"Range": asked})
        assert answer.status_code == 200
        assert answer.content == bytes_of(file)
        assert "Content-Range" not in answer.headers


def test_what_no_byte_answers_is_a_416_that_says_why(player, bo):
    file = make_file()

    for asked, reason in [
        (b"bytes=9-1", "The range 9-1 ends before it begins."),
        (b"bytes=10000000-", f"The file has {file.size_bytes} bytes"),
        (b"bytes=-0", f"The file has {file.size_bytes} bytes"),
        (b"bytes=", "The Range header names no range."),
        (b"bytes=one-two", "'one-two' is no byte range."),
        (b"bytes=\xb2-\xb3", "Write it as bytes=0-1023"),
        (b"bytes=" + "٣-٤".encode(), "Write it as bytes=0-1023"),
        (b"bytes=" + b"0-0," * 999 + b"0-0", "The Range header has 4005 characters"),
        (b"bytes=" + b"9" * 10_000 + b"-", "The Range header has 10007 characters"),
    ]:
        answer = player.get(address(file, bo), headers={b"Range": asked})
        assert problem(answer) == (416, "range-not-satisfiable")
        assert reason in answer.json()["detail"]
        assert answer.headers["Content-Range"] == f"bytes */{file.size_bytes}"


def test_a_part_is_added_only_to_the_file_it_is_part_of(player, bo):
    file = make_file()
    url = address(file, bo)
    modified = player.head(url).headers["Last-Modified"]

    statuses = {
        validator: player.get(url, headers={"Range": "bytes=0-9", "If-Range": validator}).status_code
        for validator in (
            f'"{file.sha256}"',
            modified,
            f'W/"{file.sha256}"',
            '"another"',
            "Sat, 01 Jan 2000 00:00:00 GMT",
            "nonsense",
        )
    }

    assert list(statuses.values()) == [206, 206, 200, 200, 200, 200]


def test_a_range_that_cannot_be_is_ignored_when_the_file_is_another(player, bo):
    file = make_file()

    answer = player.get(address(file, bo), headers={"Range": "bytes=9-1", "If-Range": '"another"'})

    assert answer.status_code == 200
    assert len(answer.content) == file.size_bytes


def test_what_the_player_has_already_is_not_sent_again(player, bo):
    file = make_file()
    url = address(file, bo)

    answer = player.get(url, headers={"If-None-Match": f'"x", "{file.sha256}"', "Range": "bytes=0-9"})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["ETag"] == f'"{file.sha256}"'
    assert answer.headers["Cache-Control"].startswith("private, max-age=")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_file_that_must_be_another_is_a_412(player, bo):
    answer = player.get(address(make_file(), bo), headers={"If-Match": '"another"'})

    assert problem(answer) == (412, "precondition-failed")


def test_other_methods_are_told_which_there_are(player, bo):
    url = address(make_file(), bo)

    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]:
        answer = player.request(method, url)
        assert problem(answer) == (405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_file_missing_from_the_storage_is_a_503_and_logged_without_a_traceback(player, media, bo):
    gone, cut = make_file(content=tones_m4a(220)), make_file(content=tones_m4a(330))
    storage.path_of(storage.audio_name(gone.sha256)).unlink()
    storage.path_of(storage.audio_name(cut.sha256)).write_bytes(b"cut")

    assert problem(player.get(address(gone, bo))) == (503, "file-missing")
    assert player.head(address(cut, bo)).status_code == 503

    log = media.log.read_text()
    assert f"Stored file {gone.sha256}.m4a cannot be sent, store it again from a copy: [Errno 2]" in log
    assert f"Stored file {cut.sha256}.m4a cannot be sent, store it again from a copy: it has 3 bytes" in log
    assert "Traceback" not in log


def test_nothing_else_is_at_home_here(media):
    paths = [
        "/media/audio/../../etc/passwd",
        "/media/audio/..%2f..%2fetc%2fpasswd.m4a",
        "/media/audio/%2e%2e/%2e%2e/etc/passwd",
        "/media/audio/....//....//etc/passwd",
        "/media/audio/",
        "/media//audio/00000000-0000-0000-0000-000000000001.m4a",
        "/media/audio/00000000-0000-0000-0000-000000000001.m4a/",
        "/media/audio/00000000-0000-0000-0000-000000000001.m4a.",
        "/media/audio/00000000-0000-0000-0000-000000000001.m4a;a=b",
        "/media/audio/00000000-0000-0000-0000-000000000001.m4a%00",
        "/media/audio/00000000-0000-0000-0000-000000000001.m4a%0a",
        "/media/audio/00000000-0000-0000-0000-00000000000G.m4a",
        "/storage/audio/",
        "/admin/",
        "/api/v1/audiobooks/",
        "/%ff%fe",
    ]

    assert {path: status_at(media.port, path) for path in paths} == dict.fromkeys(paths, 404)
