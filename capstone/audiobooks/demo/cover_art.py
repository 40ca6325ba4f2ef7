"""The pictures on the demo covers: a family of geometric designs, each drawn from a palette and a random generator."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 560
SCALE = 2  # everything is drawn at twice the size and reduced, for smooth edges

Colour = str
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """``paper`` and ``ink`` carry the words; the picture is made of ``sky`` and three accents, light to deep."""

    paper: Colour
    ink: Colour
    sky: Colour
    accents: tuple[Colour, Colour, Colour]


PALETTES = (
    Palette("#14213d", "#fdf6e3", "#1f3563", ("#fca311", "#e5e5e5", "#3d5a98")),  # night blue and amber
    Palette("#f7efe1", "#3a1f14", "#f2d4a2", ("#e76f51", "#c8553d", "#588b8b")),  # terracotta and sage
    Palette("#0b3c49", "#fef9ef", "#13505b", ("#f4d58d", "#e27d60", "#41b3a3")),  # deep teal and coral
    Palette("#f3f0ea", "#23262b", "#dfe5e2", ("#d1495b", "#edae49", "#30638e")),  # paper with primaries
    Palette("#2d132c", "#fff1e6", "#471c42", ("#ee4540", "#f6b26b", "#801336")),  # plum and ember
    Palette("#eaf1ec", "#16302b", "#cfe0d3", ("#f2a541", "#5b8e7d", "#2f5d50")),  # moss and honey
    Palette("#1c1c1c", "#f5f1e8", "#2b2b2b", ("#d4a24c", "#f5f1e8", "#7a5c2e")),  # black and brass
    Palette("#fbf3ef", "#332233", "#f6d9d5", ("#e07a8b", "#8d6a9f", "#4a4e8c")),  # rose and violet
)


class Pen:
    """Draws filled shapes on a picture of ``WIDTH`` × ``HEIGHT``, in those units."""

    def __init__(self, background: Colour) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), background)
        self.draw = ImageDraw.Draw(self.image)

    def shape(self, points: list[Point], fill: Colour) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0
    ) -> None:
        corners = (left * SCALE, top * SCALE, right * SCALE, bottom * SCALE)
        self.draw.rounded_rectangle(corners, radius * SCALE, fill)

    def circle(self, x: float, y: float, radius: float, fill: Colour) -> None:
        corners = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.draw.ellipse(corners, fill)

    def rings(self, x: float, y: float, radius: float, fills: list[Colour]) -> None:
        """Draw circles inside one another, evenly spaced, the first one outermost."""
        for number, fill in enumerate(fills):
            self.circle(x, y, radius * (len(fills) - number) / len(fills), fill)


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that lies ``share`` (0 to 1) of the way from ``first`` to ``second``."""
    pairs = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def hills(pen: Pen, palette: Palette, random: Random) -> None:
    """A sun above ranges of hills, the nearest of which is the paper itself."""
    light, _, deep = palette.accents
    pen.circle(random.uniform(200, 760), random.uniform(150, 240), random.uniform(70, 130), light)
    layers = 5
    for layer in range(layers):
        base = 260 + layer * 66
        phase, bend = random.uniform(0, math.tau), random.uniform(150, 230)
        line = [
            (x, base + 34 * math.sin(x / bend + phase) + 14 * math.sin(x / 61 + 2 * phase))
            for x in range(-20, WIDTH + 21, 10)
        ]
        shade = palette.paper if layer == layers - 1 else blend(deep, palette.paper, layer / layers)
        pen.shape([*line, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], shade)


def orbits(pen: Pen, palette: Palette, random: Random) -> None:
    """A sun with planets on thin circles."""
    light, middle, deep = palette.accents
    x, y = random.choice([(250, 300), (480, 290), (710, 300)])
    for radius in range(660, 100, -80):
        pen.circle(x, y, radius, blend(palette.sky, deep, 0.75))
        pen.circle(x, y, radius - 3, blend(palette.sky, palette.paper, radius / 900))
    pen.circle(x, y, 74, light)
    for radius in range(180, 661, 80):
        angle = random.uniform(0, math.tau)
        size = random.uniform(10, 26)
        pen.circle(x + radius * math.cos(angle), y + radius * math.sin(angle), size, middle)


def tiles(pen: Pen, palette: Palette, random: Random) -> None:
    """A floor of square tiles: quarter circles, halves, dots."""
    side = 160
    for left in range(0, WIDTH, side):
        for top in range(-side // 2, HEIGHT, side):
            ground, figure = random.sample([palette.sky, *palette.accents], 2)
            _tile(
                pen,
                random.choice(["quarter", "half", "dot", "leaf"]),
                left,
                top,
                side,
                ground,
                figure,
                random,
            )


def _tile(
    pen: Pen, kind: str, left: int, top: int, side: int, ground: Colour, figure: Colour, random: Random
) -> None:
    pen.box(left, top, left + side, top + side, ground)
    quarters = [(0, 0, 0), (1, 0, 90), (1, 1, 180), (0, 1, 270)]
    corners = {"quarter": [random.choice(quarters)], "leaf": random.choice([quarters[::2], quarters[1::2]])}
    if kind == "dot":
        pen.rings(left + side / 2, top + side / 2, side * 0.36, [figure, ground, figure])
    elif kind == "half":
        pen.shape([(left, top), (left + side, top), (left, top + side)], figure)
    for across, down, start in corners.get(kind, []):
        reach = side if kind == "quarter" else side / 2
        x, y = left + across * side, top + down * side
        box = [(x - reach) * SCALE, (y - reach) * SCALE, (x + reach) * SCALE, (y + reach) * SCALE]
        pen.draw.pieslice(box, start, start + 90, figure)


def arches(pen: Pen, palette: Palette, random: Random) -> None:
    """Doorways inside one another, with a light in the last."""
    light, middle, deep = palette.accents
    x = random.choice([300, 480, 660])
    fills = [blend(palette.sky, deep, 0.5), deep, middle, light, palette.sky]
    for number, fill in enumerate(fills):
        half = 250 - number * 46
        pen.box(x - half, 60 + number * 52, x + half, HEIGHT + half, fill, half)
    pen.circle(x, 430, 34, light)


def scales(pen: Pen, palette: Palette, random: Random) -> None:
    """Waves like fish scales, row upon row."""
    light, middle, deep = palette.accents
    radius = random.choice([80, 96, 120])
    marked = random.randrange(3, 8)
    for row in range(-1, HEIGHT // (radius // 2) + 3):
        for column in range(-1, WIDTH // (2 * radius) + 2):
            x = column * 2 * radius + (row % 2) * radius
            first = light if (row * 5 + column * 3) % marked == 0 else deep
            fills = [palette.sky, first, palette.sky, middle, palette.sky, first]
            pen.rings(x, row * radius / 2 + radius * 0.4, radius, fills)


def rays(pen: Pen, palette: Palette, random: Random) -> None:
    """A sunrise whose beams fill the sky."""
    light, middle, deep = palette.accents
    x, beams = random.choice([240, 480, 720]), random.choice([18, 22, 26])
    for beam in range(0, 2 * beams, 2):
        start, end = (math.pi * (beam + step) / beams for step in (0, 1))
        far = [(x + 1400 * math.cos(angle), HEIGHT - 60 - 1400 * math.sin(angle)) for angle in (start, end)]
        pen.shape([(x, HEIGHT - 60), *far], blend(palette.sky, deep, 0.55))
    pen.rings(x, HEIGHT - 60, 250, [middle, light, blend(light, palette.paper, 0.35)])
    pen.box(0, HEIGHT - 60, WIDTH, HEIGHT, palette.paper)


def shelf(pen: Pen, palette: Palette, random: Random) -> None:
    """Books on a board."""
    colours = [*palette.accents, blend(palette.accents[0], palette.accents[2], 0.5), palette.ink]
    left, last = 60.0, ""
    while left < WIDTH - 110:
        width, top = random.uniform(38, 92), random.uniform(90, 250)
        colour = random.choice([other for other in colours if other != last])
        pen.box(left, top, left + width, 490, colour, 5)
        for height in random.sample([40, 62, 300, 322], 2):
            if top + height < 460:
                pen.box(left, top + height, left + width, top + height + 8, blend(colour, palette.sky, 0.6))
        left, last = left + width + 5, colour
    pen.box(0, 492, WIDTH, 506, palette.ink)


def sound(pen: Pen, palette: Palette, random: Random) -> None:
    """A voice, seen."""
    light, middle, deep = palette.accents
    phase = random.uniform(0, math.tau)
    for number in range(32):
        envelope = abs(math.sin(number / 3.1 + phase) * math.sin(number / 7.3 + phase * 2))
        half = 18 + 200 * envelope * random.uniform(0.75, 1)
        left = 56 + number * 26.8
        fill = blend(light, middle, number / 31) if half > 60 else deep
        pen.box(left, HEIGHT / 2 - half, left + 15, HEIGHT / 2 + half, fill, 7.5)


Design = Callable[[Pen, Palette, Random], None]
DESIGNS: tuple[Design, ...] = (hills, orbits, tiles, arches, scales, rays, shelf, sound)
