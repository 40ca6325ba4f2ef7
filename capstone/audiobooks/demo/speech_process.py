"""
The child process of ``speech.py``: paragraphs on standard input, sample rate and PCM on standard output.

    python -I -S speech_process.py LIBRARY DATA_FOLDER VOICE RATE_WPM

The answer is the sample rate (4 bytes, little-endian), then 16-bit little-endian mono samples. Needs ctypes alone, so
it starts in about 20 ms. Constants are those of espeak-ng 1.52, ``speak_lib.h`` and ``espeak_ng.h``.
"""

import ctypes
import struct
import sys

SYNCHRONOUS = 2
DONT_EXIT = 0x8000
RATE = 1
UTF_8 = 1
PARAGRAPH_PAUSE_S = 0.7

SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def succeed(status: int, action: str) -> None:
    """End the process with a sentence unless ``status`` is espeak-ng's 0."""
    if status != 0:
        sys.exit(f"espeak-ng could not {action} (status {status})")


def main(library: str, data_folder: str, voice: str, rate_wpm: str) -> None:
    """Synthesise standard input: paragraphs are separated by a blank line and spoken with a pause between them."""
    try:
        espeak = ctypes.CDLL(library)
    except OSError as error:
        sys.exit(f"espeak-ng could not be loaded: {error}")
    sample_rate_hz = espeak.espeak_Initialize(SYNCHRONOUS, 0, data_folder.encode(), DONT_EXIT)
    if sample_rate_hz <= 0:
        sys.exit(f"espeak-ng could not load its data from {data_folder}")
    espeak.espeak_ng_SetRandSeed(ctypes.c_long(1))
    pcm = bytearray()

    def collect(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: object) -> int:
        if samples and count > 0:
            pcm.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = SynthCallback(collect)  # held here: ctypes does not keep it alive
    espeak.espeak_SetSynthCallback(callback)
    succeed(espeak.espeak_SetVoiceByName(voice.encode()), f"load the voice {voice}")
    succeed(espeak.espeak_SetParameter(RATE, int(rate_wpm), 0), f"speak {rate_wpm} words a minute")

    for position, paragraph in enumerate(sys.stdin.buffer.read().split(b"\n\n")):
        if position:
            pcm.extend(bytes(2 * int(sample_rate_hz * PARAGRAPH_PAUSE_S)))
        spoken = paragraph + b"\0"
        succeed(espeak.espeak_Synth(spoken, len(spoken), 0, 1, 0, UTF_8, None, None), "synthesise")
        succeed(espeak.espeak_Synchronize(), "finish")

    sys.stdout.buffer.write(struct.pack("<I", sample_rate_hz) + pcm)


if __name__ == "__main__":
    main(*sys.argv[1:])
