"""Text that people type, made safe to keep: no markup, no invisible tricks, one Unicode form."""

import unicodedata
from html import unescape

# Characters that turn what follows around (Unicode TR 36, 2.7): a title must not disguise itself.
OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
KEPT_CONTROLS = set("\n\t")


def plain_text(text: str) -> str:
    """
    Return ``text`` without HTML, control and direction-override characters, in NFC, trimmed.

    Entities are read as what they stand for, so markup hidden in them goes too: "&lt;script&gt;" is a script. What
    only looks like markup stays: "a < b", "AT&T". Applying it twice changes nothing more.
    """
    import nh3  # noqa: PLC0415 -- it takes 2 MB, and most processes only ever read

    # --8<-- [start:plain-text]
    while (cleaned := unescape(nh3.clean(text, tags=set()))) != text:
        text = cleaned
    kept = (
        mark
        for mark in text
        if mark in KEPT_CONTROLS or (mark not in OVERRIDES and unicodedata.category(mark) not in {"Cc", "Cs"})
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()
    # --8<-- [end:plain-text]
