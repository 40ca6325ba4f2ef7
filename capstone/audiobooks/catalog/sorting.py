"""The order of titles and names: one text that sorts, and is searched, without regard to case, accents or articles."""

import unicodedata

from django.db import models

# Leading articles by primary language subtag (ISO 639); an apostrophe belongs to its article.
ARTICLES = {
    "en": ("the", "a", "an"),
    "fr": ("le", "la", "les", "un", "une", "des", "l'"),
    "de": ("der", "die", "das", "ein", "eine"),
    "es": ("el", "la", "los", "las", "un", "una"),
    "it": ("il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "l'"),
    "pt": ("o", "a", "os", "as", "um", "uma"),
    "nl": ("de", "het", "een"),
    "da": ("en", "et", "den", "det"),
    "nb": ("en", "et", "den", "det"),
    "sv": ("en", "ett", "den", "det"),
    "eo": ("la",),
}
# Letters that no Unicode decomposition turns into a base letter.
SPELLED_OUT = str.maketrans(
    {"’": "'", "ʼ": "'", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def sort_key(text: str, language: str = "") -> str:
    """
    Return ``text`` as it is ordered: "L’Étranger" in French becomes "etranger, l'".

    ``language`` is a BCP 47 tag; without one no article moves. At most 300 characters, the width of the column.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in folded if not unicodedata.combining(mark)).translate(SPELLED_OUT)
    plain = " ".join(plain.split())
    for article in ARTICLES.get(language.split("-")[0], ()):
        prefix = article if article.endswith("'") else f"{article} "
        if plain.startswith(prefix) and len(plain) > len(prefix):
            return f"{plain.removeprefix(prefix)}, {article}"[:300]
    return plain[:300]


class SortTextField(models.CharField[str, str]):
    """Text to order by: compared byte by byte, whatever the server's locale."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(max_length=300, db_collation="C", editable=False)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
