"""Covers for the demo catalogue: a geometric picture above the title and the author, the same for the same seed."""

import io
import unicodedata
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from audiobooks.demo.cover_art import DESIGNS, HEIGHT, PALETTES, SCALE, Pen

SIZE_PX = 960
MARGIN_PX = 64
TITLE_HEIGHT_PX = 228
TITLE_SIZES_PX = range(104, 34, -4)
AUTHOR_SIZES_PX = range(32, 15, -2)
AUTHOR_TRACKING = 0.12  # of the letter height, between capitals
LINE_HEIGHT = 1.08
ROOM = (SIZE_PX - 2 * MARGIN_PX) * SCALE
UNASSIGNED = "\U0010ffff"
FONTS = Path(__file__).with_name("fonts")


def draw_cover(title: str, author: str, *, seed: str) -> bytes:
    """
    Return a PNG of 960 × 960 pixels: the picture depends on ``seed`` alone, so recordings of one book look alike.

    ``author`` may be empty. What is too long for its space ends in an ellipsis. Raises ``ValueError`` for an empty
    title or for letters that the fonts do not have (they have Latin and Cyrillic).
    """
    title, author = (unicodedata.normalize("NFC", " ".join(text.split())) for text in (title, author))
    if not title:
        raise ValueError("A cover needs a title: it is empty.")
    _check_glyphs(title, "PlayfairDisplay-Bold")
    _check_glyphs(author.upper(), "Jost-Medium")

    random = Random(seed)  # noqa: S311 — a pattern, not a secret
    palette = random.choice(PALETTES)
    design = random.choice(DESIGNS)
    pen = Pen(palette.sky)
    design(pen, palette, random)

    cover = Image.new("RGB", (SIZE_PX * SCALE, SIZE_PX * SCALE), palette.paper)
    cover.paste(pen.image, (0, 0))
    draw = ImageDraw.Draw(cover)
    _write_title(draw, title, palette.ink)
    _write_author(draw, author.upper(), palette.ink)
    png = io.BytesIO()
    cover.reduce(SCALE).save(png, "PNG")
    return png.getvalue()


@cache
def _font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}.ttf", size_px * SCALE, layout_engine=ImageFont.Layout.BASIC)


def _check_glyphs(text: str, font_name: str) -> None:
    font = _font(font_name, 32)
    box = bytes(font.getmask(UNASSIGNED))
    missing = {letter for letter in text if not letter.isspace() and bytes(font.getmask(letter)) == box}
    if missing:
        raise ValueError(
            f"The cover's font has no {' '.join(sorted(missing))} (in {text!r}): use another title."
        )


def _write_title(draw: ImageDraw.ImageDraw, title: str, ink: str) -> None:
    font, lines = _fitted(title)
    step = font.size * LINE_HEIGHT
    bottom = (SIZE_PX - MARGIN_PX - 72) * SCALE
    top = (HEIGHT + 28) * SCALE
    start = top + max(0.0, (bottom - top - step * len(lines)) / 2)
    for number, line in enumerate(lines):
        draw.text((MARGIN_PX * SCALE, start + number * step), line, ink, font, anchor="la")


def _fitted(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest font at which the title fits its space, and its lines."""
    for size_px in TITLE_SIZES_PX:
        font = _font("PlayfairDisplay-Bold", size_px)
        room = int(TITLE_HEIGHT_PX / (size_px * LINE_HEIGHT))
        lines = _wrapped(title, font)
        if len(lines) <= room and all(_fits(line, font) for line in lines):
            return font, lines
    lines = lines[:room]
    while not _fits(f"{lines[-1]}…", font):
        lines[-1] = lines[-1][:-1]
    return font, [*lines[:-1], f"{lines[-1].rstrip()}…"]


def _fits(line: str, font: ImageFont.FreeTypeFont) -> bool:
    return font.getlength(line) <= ROOM


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Return the words in lines, each as full as fits; a word wider than the space is a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and not _fits(longer, font):
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _write_author(draw: ImageDraw.ImageDraw, author: str, ink: str) -> None:
    for size_px in AUTHOR_SIZES_PX:
        font = _font("Jost-Medium", size_px)
        if _tracked_width(author, font) <= ROOM:
            break
    else:
        while _tracked_width(f"{author}…", font) > ROOM:
            author = author[:-1]
        author = f"{author.rstrip()}…"
    x = float(MARGIN_PX * SCALE)
    for letter in author:
        draw.text((x, (SIZE_PX - MARGIN_PX) * SCALE), letter, ink, font, anchor="ls")
        x += _tracked_width(letter, font)


def _tracked_width(text: str, font: ImageFont.FreeTypeFont) -> float:
    return sum(font.getlength(letter) + font.size * AUTHOR_TRACKING for letter in text)
