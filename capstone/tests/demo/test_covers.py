"""Covers: the same for the same seed, legible in every palette, and strict about what they cannot write."""

import io
from collections import Counter
from random import Random

import numpy as np
import pytest
from PIL import Image

from audiobooks.demo.cover_art import DESIGNS, PALETTES, Pen
from audiobooks.demo.covers import MARGIN_PX, draw_cover
from audiobooks.demo.titles import load

PICTURE = (0, 0, 960, 560)
WORDS = (0, 560, 960, 960)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def region(png: bytes, box: tuple[int, int, int, int]) -> bytes:
    return opened(png).crop(box).tobytes()


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_cover_is_a_square_png_and_the_same_every_time() -> None:
    first = draw_cover("Emma", "Jane Austen", seed="emma")

    assert (opened(first).format, opened(first).size, opened(first).mode) == ("PNG", (960, 960), "RGB")
    assert draw_cover("Emma", "Jane Austen", seed="emma") == first


def test_the_picture_follows_the_seed_and_the_words_follow_the_text() -> None:
    emma = draw_cover("Emma", "Jane Austen", seed="emma")
    renamed = draw_cover("Emmy", "Jane Austen", seed="emma")
    reseeded = draw_cover("Emma", "Jane Austen", seed="jane-eyre")

    assert region(emma, PICTURE) == region(renamed, PICTURE) != region(reseeded, PICTURE)
    assert region(emma, WORDS) != region(renamed, WORDS)


def test_the_author_is_written_below_the_title() -> None:
    named, unnamed = (draw_cover("Emma", author, seed="emma") for author in ("Jane Austen", ""))

    differing = np.argwhere(np.asarray(opened(named)) != np.asarray(opened(unnamed)))
    assert differing[:, 0].min() > 840
    assert differing[:, 1].min() >= MARGIN_PX - 6  # a J reaches to the left


@pytest.mark.parametrize("title", ["Emma", "W" * 40, "Die lange Reise über das Meer " * 8, "Ñ Č Ł Ș Ŭ Ж"])
def test_words_stay_within_the_margins(title: str) -> None:
    cover = np.asarray(opened(draw_cover(title, "Alexander Hamilton, James Madison, John Jay" * 2, seed="s")))

    words = cover[580:]
    written = np.argwhere((words != words[-1, -1]).any(axis=2))
    assert written[:, 1].min() >= MARGIN_PX - 4
    assert written[:, 1].max() <= 960 - MARGIN_PX + 4
    assert written[:, 0].max() <= 380 - MARGIN_PX + 12


@pytest.mark.parametrize("palette", PALETTES)
def test_words_have_the_contrast_of_wcag_aaa(palette) -> None:
    dark, light = sorted((luminance(palette.paper), luminance(palette.ink)))

    assert (light + 0.05) / (dark + 0.05) >= 7


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("palette", PALETTES)
def test_every_design_shows_at_least_three_colours_of_every_palette(design, palette) -> None:
    pen = Pen(palette.sky)
    design(pen, palette, Random(7))  # noqa: S311 — a pattern, not a secret

    colours = Counter(pen.image.reduce(16).convert("RGB").get_flattened_data())
    assert sum(count >= 5 for count in colours.values()) >= 3


def test_every_demo_title_and_author_can_be_written() -> None:
    titles = load()
    covers = {
        draw_cover(
            recording.title, ", ".join(titles.people[key].name for key in book.authors), seed=recording.key
        )
        for book in titles.books.values()
        for recording in book.recordings
    }

    assert len(covers) == 80


@pytest.mark.parametrize("title", ["紅樓夢", "Ἰλιάς", "Emma 📚"])
def test_letters_that_the_font_lacks_are_refused(title: str) -> None:
    with pytest.raises(ValueError, match="The cover's font has no"):
        draw_cover(title, "Anybody", seed="x")


@pytest.mark.parametrize("title", ["", " \n "])
def test_an_empty_title_is_refused(title: str) -> None:
    with pytest.raises(ValueError, match="A cover needs a title"):
        draw_cover(title, "Jane Austen", seed="x")
