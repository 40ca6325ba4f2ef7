"""Speech: it sounds like speech, it is the same every time, and what cannot be spoken is refused."""

import subprocess
import sys
import time
from hashlib import sha256

import espeakng_loader
import numpy as np
import pytest
from media.tones import is_speech, loudness

from audiobooks.demo import speech
from audiobooks.demo.speech import SpeechError, speak

SENTENCE = "The rain had stopped before anyone thought to look up."
VOICE = "en-GB-x-rp+f2"


def test_it_is_speech_and_not_a_tone_or_noise() -> None:
    spoken = speak(SENTENCE, voice=VOICE)
    samples = np.frombuffer(spoken.pcm, "<i2").astype(float)

    voiced = loudness(samples, spoken.sample_rate_hz, 100, 4000)
    loud = voiced > voiced.max() / 1000
    assert is_speech(samples, spoken.sample_rate_hz)
    assert 0.5 < loud.mean() < 1, "there are gaps"
    assert spoken.sample_rate_hz == 22050


def test_ten_words_take_between_two_and_six_seconds() -> None:
    assert 2000 < speak(SENTENCE, voice=VOICE).duration_ms < 6000


def test_faster_is_shorter() -> None:
    slow, fast = (speak(SENTENCE, voice=VOICE, rate_wpm=rate).duration_ms for rate in (120, 240))

    assert fast < slow * 0.7


def test_a_blank_line_is_a_pause_of_seven_tenths_of_a_second() -> None:
    spoken = speak("Chapter one\n\nIt rains.", voice=VOICE)

    silence = np.flatnonzero(np.frombuffer(spoken.pcm, "<i2"))
    assert 0.7 <= np.diff(silence).max() / spoken.sample_rate_hz < 1.2


def test_the_same_text_gives_the_same_bytes_again_and_in_another_process() -> None:
    """f2 has breath in it, which espeak-ng makes from random numbers, seeded by the second unless it is told."""
    program = (
        "from hashlib import sha256; from audiobooks.demo.speech import speak;"
        f"print(sha256(speak({SENTENCE!r}, voice={VOICE!r}).pcm).hexdigest())"
    )

    first = sha256(speak(SENTENCE, voice=VOICE).pcm).hexdigest()
    started_at = int(time.time())
    while int(time.time()) == started_at:
        speak("Something else in between.", voice="de")
    second = sha256(speak(SENTENCE, voice=VOICE).pcm).hexdigest()
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert first == second == elsewhere.stdout.strip()


def test_voices_differ() -> None:
    voices = ["en-GB-x-rp", "en-GB-x-rp+f2", "en-US", "en-GB-scotland", "fr", "ru+f2"]

    assert len({speak(SENTENCE, voice=voice).pcm for voice in voices}) == len(voices)


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "…!?", "half\0hidden"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Nothing to speak"):
        speak(text, voice=VOICE)


@pytest.mark.parametrize(
    ("voice", "message"),
    [
        ("en-gb", "Unknown voice language 'en-gb': use one of af, am"),
        ("", "Unknown voice language ''"),
        ("../../../etc/passwd", "Unknown voice language"),
        ("de+nobody", "Unknown voice variant 'nobody': use one of"),
    ],
)
def test_an_unknown_voice_is_refused_where_espeak_would_use_another(voice: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        speak(SENTENCE, voice=voice)


@pytest.mark.parametrize("rate_wpm", [0, -165, 79, 451])
def test_a_rate_nobody_could_follow_is_refused(rate_wpm: int) -> None:
    with pytest.raises(ValueError, match=f"Cannot speak {rate_wpm} words a minute: choose 80 to 450"):
        speak(SENTENCE, voice=VOICE, rate_wpm=rate_wpm)


def test_a_failing_library_is_an_error_with_its_words(monkeypatch, tmp_path) -> None:
    speech.check_voice(VOICE)  # the names are read while the folder is still there
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path))

    with pytest.raises(SpeechError, match="espeak-ng could not load its data from"):
        speak(SENTENCE, voice=VOICE)


def test_a_library_that_cannot_be_loaded_is_an_error(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "missing.so"))

    with pytest.raises(SpeechError, match=r"exit code 1: espeak-ng could not be loaded: .*missing\.so"):
        speak(SENTENCE, voice=VOICE)


def test_an_installation_in_a_very_deep_folder_speaks(monkeypatch, tmp_path) -> None:
    expected = speak(SENTENCE, voice=VOICE)
    deep = tmp_path / ("deep" * 40)
    deep.mkdir()
    (deep / "data").symlink_to(espeakng_loader.get_data_path())
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(deep / "data"))

    assert speak(SENTENCE, voice=VOICE) == expected
