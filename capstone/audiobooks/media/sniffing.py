"""What a file is by its first bytes, whatever it is called: so that FFmpeg is asked for that format and no other."""

import codecs
import re

from audiobooks.errors import Invalid

HEAD_BYTES = 4096
PROGRAMS = (b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"\0asm")
ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
PLAYLISTS = re.compile(
    rb"\s*(#EXTM3U|#EXTINF|\[playlist\]|ffconcat|<asx|<smil|<\?xml|<!doctype|file:|https?:)", re.I
)
# {how a format begins: FFmpeg's demuxers for it}. They read nothing but the bytes they are given.
AUDIO = (
    (re.compile(rb".{4}ftyp", re.S), "mov"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"OggS"), "ogg"),
    (re.compile(rb"RIFF.{4}WAVE", re.S), "wav"),
    (re.compile(rb"ID3[\x02-\x04]"), "mp3,flac,aac"),  # a tag that may stand before each of them
    (re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), "mp3"),  # the sync word of MPEG 2.5, 2 and 1, layer III
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "aac"),  # that of ADTS
)


def demuxers_for(head: bytes) -> str:
    """
    Return FFmpeg's names for the audio format that begins with ``head`` (4 KiB, or the whole of a smaller file).

    Raises ``Invalid("not_audio")``, which says what the file is instead.
    """
    for pattern, demuxers in AUDIO:
        if pattern.match(head):
            return demuxers
    raise Invalid("not_audio", f"{_what_else(head)} Send M4B, M4A, MP3, FLAC, Ogg or WAV.")


def _what_else(head: bytes) -> str:
    if head.startswith(PROGRAMS):
        return "This is a program, whatever its name says."
    if head.startswith(ARCHIVES) or head[257:262] == b"ustar":
        return "This is an archive: unpack it, and send the files in it."
    if PLAYLISTS.match(head.removeprefix(codecs.BOM_UTF8)):
        return "This is a playlist or a page: it names files, and has no sound itself."
    if _is_text(head):
        return "This is text."
    return "This is no format that is known here."


def _is_text(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return "\0" not in text
