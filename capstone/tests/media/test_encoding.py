"""Encoding and probing: tones come back as they were, and what is not audio is refused."""

import io
import struct
import wave

import av
import numpy as np
import pytest
from PIL import Image

from audiobooks.errors import Invalid
from audiobooks.media.encoding import AudioFacts, encode_m4a, probe

RATE_HZ = 22050


def tone(frequency_hz: float, seconds: float = 2.0, rate_hz: int = RATE_HZ) -> bytes:
    at = np.arange(int(seconds * rate_hz)) / rate_hz
    return (12000 * np.sin(2 * np.pi * frequency_hz * at)).astype("<i2").tobytes()


def decoded(content: bytes) -> tuple[np.ndarray, int]:
    with av.open(io.BytesIO(content)) as container:
        frames = list(container.decode(audio=0))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), frames[0].sample_rate


def loudest_hz(samples: np.ndarray, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / rate_hz)[spectrum.argmax()])


def boxes(content: bytes) -> list[str]:
    """Return the names of an MP4 file's top-level boxes: ISO/IEC 14496-12, 4.2."""
    names, at = [], 0
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        names.append(name.decode())
        at += size
    return names


def wav(channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(tone(440, rate_hz=8000) * channels)
    return file.getvalue()


@pytest.mark.parametrize("frequency_hz", [220, 441, 1000, 3520])
def test_decoding_gives_the_tone_back(frequency_hz: int) -> None:
    samples, rate_hz = decoded(encode_m4a(tone(frequency_hz), sample_rate_hz=RATE_HZ, title="Tone"))

    assert rate_hz == RATE_HZ
    assert loudest_hz(samples, rate_hz) == pytest.approx(frequency_hz, abs=1)


def test_tones_keep_their_order_and_their_places() -> None:
    content = encode_m4a(tone(300) + tone(900) + tone(2700), sample_rate_hz=RATE_HZ, title="Three")

    samples, rate_hz = decoded(content)
    thirds = [samples[start * 2 * rate_hz + 4096 : (start + 1) * 2 * rate_hz - 4096] for start in range(3)]
    assert [round(loudest_hz(third, rate_hz), -1) for third in thirds] == [300, 900, 2700]


def test_the_duration_is_exact_and_the_facts_are_right() -> None:
    content = encode_m4a(tone(440, 3.25), sample_rate_hz=RATE_HZ, bitrate_bps=64_000, title="Tone")

    facts = probe(content)
    assert (facts.duration_ms, facts.codec, facts.sample_rate_hz, facts.channels) == (3250, "aac", RATE_HZ, 1)
    assert facts.bit_rate_bps == pytest.approx(len(content) * 8 / 3.25, rel=0.1)


def test_the_index_comes_before_the_sound_so_that_playing_can_start_at_once() -> None:
    names = boxes(encode_m4a(tone(440), sample_rate_hz=RATE_HZ, title="Tone"))

    assert names.index("moov") < names.index("mdat")


def test_the_same_input_gives_the_same_bytes_and_names_no_encoder() -> None:
    first, second = (encode_m4a(tone(440), sample_rate_hz=RATE_HZ, title="Tone") for _ in range(2))

    assert first == second
    assert b"Lav" not in first


def test_the_title_is_kept_in_any_script() -> None:
    content = encode_m4a(tone(440), sample_rate_hz=RATE_HZ, title="Почему поэма – Čapek’s 紅")

    with av.open(io.BytesIO(content)) as container:
        assert container.metadata["title"] == "Почему поэма – Čapek’s 紅"


def test_a_millisecond_can_be_encoded() -> None:
    assert probe(encode_m4a(tone(440, 0.0011), sample_rate_hz=RATE_HZ, title="")).duration_ms == 1


@pytest.mark.parametrize(
    ("but", "code"),
    [
        ({"pcm": b""}, "bad_samples"),
        ({"pcm": b"\0\0"}, "bad_samples"),
        ({"pcm": bytes(4001)}, "bad_samples"),
        ({"sample_rate_hz": 0}, "bad_sample_rate"),
        ({"sample_rate_hz": 22051}, "bad_sample_rate"),
        ({"bitrate_bps": 0}, "bad_bitrate"),
        ({"bitrate_bps": 10_000_000}, "bad_bitrate"),
        ({"title": "half\0hidden"}, "bad_title"),
    ],
)
def test_what_cannot_be_encoded_is_refused(but: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        encode_m4a(**{"pcm": tone(440), "sample_rate_hz": RATE_HZ, "title": "Tone", **but})

    assert refused.value.code == code


def test_other_formats_are_probed_from_bytes_and_from_a_path(tmp_path) -> None:
    path = tmp_path / "tone.bin"
    path.write_bytes(wav())

    assert probe(path) == probe(wav()) == AudioFacts(2000, "pcm_s16le", 8000, 1, 128_000)
    assert probe(wav(channels=2)).channels == 2


def playlist() -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    return file.getvalue()


def video_only() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"A text about audio. " * 100, id="text"),
        pytest.param(playlist(), id="playlist"),
        pytest.param(b"ffconcat version 1.0\nfile /etc/hostname\n", id="concat script"),
        pytest.param(picture(), id="picture"),
        pytest.param(video_only(), id="video without sound"),
        pytest.param(wav()[:20], id="cut off"),
        pytest.param(
            encode_m4a(tone(440), sample_rate_hz=RATE_HZ, title="T")[:300], id="cut off in its index"
        ),
    ],
)
def test_what_is_not_audio_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        probe(content)

    assert refused.value.code == "not_audio"
    assert refused.value.detail.endswith("Send M4A, MP3, Ogg, FLAC or WAV.")


def test_a_script_opens_no_other_file(tmp_path, monkeypatch) -> None:
    """FFmpeg alone follows it: a curator could make a book of any sound file on the server."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.wav").write_bytes(wav())
    disguised = tmp_path / "book.mp3"
    disguised.write_bytes(b"ffconcat version 1.0\nfile secret.wav\nduration 2\n")
    with disguised.open("rb") as file, av.open(file) as container:
        assert container.format.name == "concat"

    with pytest.raises(Invalid, match="not_audio"):
        probe(disguised)


def test_a_missing_path_is_an_error_of_the_system(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "missing.m4a")
