"""
Real speech without a network: espeak-ng from the ``espeakng-loader`` wheel.

Every call runs espeak-ng in a process of its own. Inside one process the library remembers earlier utterances, and
the same text gives other samples the second time; a new process gives the same bytes every time. It also makes
``speak`` safe to call from several threads, and keeps a crash of the library out of yours.
"""

import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import espeakng_loader

RATES_WPM = range(80, 451)
LONGEST_DATA_PATH = 150  # bytes; espeak-ng ignores a path that does not fit its own 160 (N_PATH_HOME)
TIMEOUT_S = 60


class SpeechError(RuntimeError):
    """espeak-ng itself failed; the message carries what it said."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono samples, 16-bit signed little-endian."""

    pcm: bytes
    sample_rate_hz: int

    @property
    def duration_ms(self) -> int:
        return round(len(self.pcm) / 2 * 1000 / self.sample_rate_hz)


@cache
def languages() -> frozenset[str]:
    """Return the names of the espeak-ng languages that are installed: ``fr``, ``pt-BR``, ``en-GB-x-rp`` …"""
    folder = Path(espeakng_loader.get_data_path(), "lang")
    return frozenset(path.name for path in folder.rglob("*") if path.is_file())


@cache
def variants() -> frozenset[str]:
    """Return the names of the timbres that can follow a language and a plus sign: ``f4``, ``Andy`` …"""
    return frozenset(path.name for path in Path(espeakng_loader.get_data_path(), "voices", "!v").iterdir())


def check_voice(voice: str) -> None:
    """
    Raise ``ValueError`` unless ``voice`` is ``language`` or ``language+variant`` with exactly the installed names.

    espeak-ng keeps its previous voice for an unknown language and ignores an unknown variant, so this is checked
    before it is asked.
    """
    language, plus, variant = voice.partition("+")
    if language not in languages():
        raise ValueError(f"Unknown voice language {language!r}: use one of {', '.join(sorted(languages()))}.")
    if plus and variant not in variants():
        raise ValueError(f"Unknown voice variant {variant!r}: use one of {', '.join(sorted(variants()))}.")


def speak(text: str, *, voice: str, rate_wpm: int = 165) -> Speech:
    """
    Return ``text`` spoken by ``voice``, the same bytes every time.

    A blank line is a pause of 0.7 s: put one between a chapter's title and its text. Safe to call from several
    threads; a call takes about 40 ms. Raises ``ValueError`` for an unknown voice, a rate outside 80–450 words a
    minute, or a text without a letter or digit; ``SpeechError`` when espeak-ng fails.
    """
    check_voice(voice)
    if rate_wpm not in RATES_WPM:
        raise ValueError(f"Cannot speak {rate_wpm} words a minute: choose 80 to 450.")
    if "\0" in text or not any(character.isalnum() for character in text):
        raise ValueError(f"Nothing to speak in {text!r}: give words, without NUL characters.")

    with _data_folder() as data_folder:
        answer = _run(data_folder, voice, rate_wpm, text)
    (sample_rate_hz,) = struct.unpack_from("<I", answer)
    pcm = answer[4:]
    if not any(pcm):
        raise SpeechError(f"espeak-ng gave silence for {text!r} in the voice {voice}.")
    return Speech(pcm=pcm, sample_rate_hz=sample_rate_hz)


def _run(data_folder: str, voice: str, rate_wpm: int, text: str) -> bytes:
    program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("speech_process.py"))]
    try:
        done = subprocess.run(  # noqa: S603 — our own program; voice and rate are checked above
            [*program, espeakng_loader.get_library_path(), data_folder, voice, str(rate_wpm)],
            input=text.encode(),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SpeechError(f"espeak-ng did not finish within {TIMEOUT_S} s.") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise SpeechError(f"Speech failed with exit code {done.returncode}: {said}")
    return done.stdout


@contextmanager
def _data_folder() -> Iterator[str]:
    """Yield espeak-ng's data folder, through a short symbolic link where its path is too long for the library."""
    folder = espeakng_loader.get_data_path()
    if len(folder.encode()) <= LONGEST_DATA_PATH:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="speech-") as short:
        link = Path(short, "data")
        link.symlink_to(folder)
        yield str(link)
