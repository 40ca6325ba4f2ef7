"""Streams in HLS, as players hear them: over real HTTP, through the signed prefix, checked by other people's programs."""

from fractions import Fraction

import av
import httpx
import m3u8
import numpy as np
import pyloudnorm
import pytest
from cast import make_audiobook
from django.utils import timezone
from media.audio import make_file, make_streamed
from media.tones import heard_hz, is_speech
from scipy.signal import resample_poly

from audiobooks.demo import titles
from audiobooks.demo.services import chapter_sound
from audiobooks.media import packaging, services
from audiobooks.media.packaging import SEGMENT_S, STREAMS

RATE_HZ = 48_000
CHAPTERS_HZ = (440, 660, 880)
CHAPTER_S = 11  # so that chapters begin inside of segments


def stream_of(audiobook, client) -> dict:
    return client.get(f"/api/v1/audiobooks/{audiobook.pk}/stream/").json()


def download_of(audiobook, client) -> str:
    return client.get(f"/api/v1/audiobooks/{audiobook.pk}/download/").json()["url"]


def playlist_at(player: httpx.Client, url: str) -> m3u8.M3U8:
    return m3u8.loads(player.get(url).raise_for_status().text, uri=url)


def by_segments(player: httpx.Client, playlist: m3u8.M3U8, *segments: m3u8.Segment) -> bytes:
    """Return what a player puts together: what the map names, then these segments, or all."""
    content = b""
    for piece in (playlist.segment_map[0], *(segments or playlist.segments)):
        url = piece.absolute_uri
        size, _, start = piece.byterange.partition("@")
        asked = f"bytes={start}-{int(start) + int(size) - 1}"
        answer = player.get(url, headers={"Range": asked})
        assert (answer.status_code, len(answer.content)) == (206, int(size))
        content += answer.content
    return content


def segment_start_s(playlist: m3u8.M3U8, segment: m3u8.Segment) -> float:
    return sum(one.duration for one in playlist.segments[: playlist.segments.index(segment)])


def samples_at(url: str) -> np.ndarray:
    """Return the sound at an address, as FFmpeg plays it, at RATE_HZ."""
    with av.open(url) as container:
        resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def duration_s(url: str) -> float:
    with av.open(url) as container:
        return container.duration / av.time_base


@pytest.fixture
def listener(bo, as_user):
    return as_user(bo)


def test_each_chapter_is_heard_where_it_should_be_in_the_m4b_and_in_every_stream(media, player, listener):
    audiobook = make_streamed(*CHAPTERS_HZ, seconds_each=CHAPTER_S)

    stream = stream_of(audiobook, listener)

    chapters = list(audiobook.chapters.values_list("title", "start_ms", "end_ms"))
    with av.open(download_of(audiobook, listener)) as book:
        assert [(c["metadata"]["title"], c["start"], c["end"]) for c in book.chapters()] == chapters
    variants = [variant["url"] for variant in stream["variants"]]
    for url in (download_of(audiobook, listener), *variants):
        for (_, start_ms, end_ms), hz in zip(chapters, CHAPTERS_HZ, strict=True):
            for at_ms in (start_ms + 100, end_ms - 1100):
                assert heard_hz(url, from_s=at_ms / 1000, rate_hz=RATE_HZ) == hz
    for url in variants:
        assert heard_hz(by_segments(player, playlist_at(player, url)), from_s=23, rate_hz=RATE_HZ) == 880


def test_a_segment_alone_has_the_sound_of_its_time(media, player, listener):
    stream = stream_of(make_streamed(*CHAPTERS_HZ, seconds_each=SEGMENT_S), listener)

    for variant in stream["variants"]:
        playlist = playlist_at(player, variant["url"])
        for segment, hz in zip(playlist.segments, CHAPTERS_HZ, strict=False):
            content = by_segments(player, playlist, segment)
            assert len(content) < len(by_segments(player, playlist)) / 2
            assert heard_hz(content, from_s=segment_start_s(playlist, segment) + 1, rate_hz=RATE_HZ) == hz


def test_the_playlists_say_what_is_there(media, player, listener):
    audiobook = make_streamed(*CHAPTERS_HZ, seconds_each=CHAPTER_S)

    stream = stream_of(audiobook, listener)

    index = playlist_at(player, stream["url"])
    assert index.is_variant
    assert [(one.uri, one.stream_info.codecs) for one in index.playlists] == [
        ("aac-64.m3u8", "mp4a.40.2"),
        ("aac-128.m3u8", "mp4a.40.2"),
    ]
    named = {one.absolute_uri for one in index.playlists}
    assert named == {one["url"] for one in stream["variants"] if one["is_adaptive"]}
    assert [one["url"].rpartition("/")[2] for one in stream["variants"]] == [one.playlist for one in STREAMS]
    for variant in stream["variants"]:
        playlist = playlist_at(player, variant["url"])
        lengths = [segment.duration for segment in playlist.segments]
        assert (playlist.is_endlist, playlist.playlist_type, playlist.target_duration) == (True, "vod", 8)
        assert lengths[:-1] == [8] * 4
        assert abs(sum(lengths) - 33) < 0.05
        for url in (variant["url"], download_of(audiobook, listener)):
            assert abs(duration_s(url) - stream["duration_ms"] / 1000) < 0.05
        whole = int(player.head(playlist.segments[0].absolute_uri).headers["Content-Length"])
        assert len(by_segments(player, playlist)) == whole
    for one in index.playlists:
        segments = playlist_at(player, one.absolute_uri).segments
        sizes = [int(segment.byterange.partition("@")[0]) for segment in segments]
        assert max(sizes[:-1]) * 8 / SEGMENT_S <= one.stream_info.bandwidth
        assert abs(one.stream_info.average_bandwidth - 8 * sum(sizes) / 33) < 200


@pytest.mark.parametrize("seconds", [15.9, 24.1])
def test_segments_that_are_not_those_of_the_sound_are_an_error(seconds):
    segments = packaging._segments([100, 100, 50], Fraction(seconds))

    with pytest.raises(RuntimeError, match="3 segments are too many or too few"):
        list(segments)


def test_speech_is_equally_loud_however_it_is_heard_and_mono_stays_mono(media, listener):
    """EBU R 128 by pyloudnorm, and the true peak as ITU-R BS.1770-4, annex 2: oversampled four times."""
    book = titles.load().books["emma"]
    audiobook, start_ms = make_audiobook(), 0
    for position, chapter in enumerate(book.recordings[0].chapters, 1):
        start_ms += make_file(audiobook, position, start_ms, chapter_sound(chapter)).duration_ms
    services.renditions_make(audiobook_id=audiobook.pk, clock=timezone.now)
    meter = pyloudnorm.Meter(RATE_HZ)

    stream = stream_of(audiobook, listener)

    for url in (download_of(audiobook, listener), *[one["url"] for one in stream["variants"]]):
        with av.open(url) as container:
            assert container.streams.audio[0].codec_context.channels == 1
        samples = samples_at(url)
        assert is_speech(samples, RATE_HZ)
        assert abs(meter.integrated_loudness(samples) - -18) <= 0.5
        assert 20 * np.log10(np.abs(resample_poly(samples, 4, 1)).max()) <= -1
