import hashlib
import io
import struct
import zlib
from uuid import UUID

import pytest
from cast import make_audiobook
from PIL import Image

from audiobooks.catalog.covers import cover_addresses
from audiobooks.errors import Invalid, NotFound
from audiobooks.media import services, storage

pytestmark = pytest.mark.django_db

WANTED = "wanted are at least 160 on each side, neither more than twice the other"
RED, BLUE = (200, 0, 0), (0, 0, 200)


def picture(width_px=400, height_px=400, kind="JPEG", colour=RED, mode="RGB", **save) -> bytes:
    output = io.BytesIO()
    Image.new(mode, (width_px, height_px), colour).save(output, kind, **save)
    return output.getvalue()


def halves(**save) -> bytes:
    """A picture whose left half is red and whose right half is blue, 400 × 300."""
    output = io.BytesIO()
    canvas = Image.new("RGB", (400, 300), RED)
    canvas.paste(BLUE, (200, 0, 400, 300))
    canvas.save(output, "JPEG", **save)
    return output.getvalue()


def store(image: bytes, audiobook=None, description="A red square"):
    audiobook = audiobook or make_audiobook()
    return services.cover_store(audiobook_id=audiobook.id, image=image, description=description)


def stored(cover, width_px: int) -> Image.Image:
    return Image.open(io.BytesIO(storage.path_of(storage.cover_name(cover.sha256, width_px)).read_bytes()))


def near(colour, wanted) -> bool:
    return all(abs(found - value) < 12 for found, value in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cover_is_drawn_in_every_size_as_webp(kind):
    cover = store(picture(600, 400, kind))

    for width_px, height_px in [(160, 107), (480, 320), (960, 640)]:
        drawn = stored(cover, width_px)
        assert (drawn.format, drawn.size) == ("WEBP", (width_px, height_px))
        assert near(drawn.convert("RGB").getpixel((80, 50)), RED)


def test_the_address_is_the_hash_of_the_widest_picture():
    cover = store(picture())

    widest = storage.path_of(storage.cover_name(cover.sha256, 960)).read_bytes()
    assert cover.sha256 == hashlib.sha256(widest).hexdigest()
    assert cover_addresses(cover.sha256)["960"].endswith(f"/media/covers/{cover.sha256}/960.webp")


def test_where_a_photograph_was_taken_is_forgotten_and_its_upright_kept():
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn right to see it upright
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825)[1] = "N"  # GPS

    cover = store(halves(exif=exif, comment=b"Secret comment"))

    content = storage.path_of(storage.cover_name(cover.sha256, 960)).read_bytes()
    drawn = stored(cover, 960)
    assert drawn.size == (960, 1280)
    assert near(drawn.getpixel((480, 10)), RED)
    assert near(drawn.getpixel((480, 1270)), BLUE)
    assert not drawn.getexif()
    assert b"Secret" not in content
    assert b"EXIF" not in content


def test_the_same_picture_is_the_same_address_and_changes_nothing(settings):
    audiobook = make_audiobook()
    first = store(picture(), audiobook)

    second = store(picture(), audiobook)

    audiobook.refresh_from_db()
    assert first.sha256 == second.sha256
    assert audiobook.version == 2
    assert len(list((settings.STORAGE_DIR / "covers").rglob("*.webp"))) == 3


def test_another_picture_is_another_address_and_a_new_version():
    audiobook = make_audiobook()
    first = store(picture(), audiobook)

    second = store(picture(colour=BLUE), audiobook, "A blue square")

    audiobook.refresh_from_db()
    assert first.sha256 != second.sha256
    assert (audiobook.cover.sha256, audiobook.cover.description) == (second.sha256, "A blue square")
    assert audiobook.version == 3


def test_what_is_transparent_becomes_white():
    cover = store(picture(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))

    assert near(stored(cover, 160).getpixel((80, 80)), (255, 255, 255))


def bomb() -> bytes:
    """A PNG of a few bytes that claims 30,000 × 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (b"", "it cannot be read as JPEG, PNG, WEBP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it cannot be read as JPEG, PNG, WEBP"),
        (picture(kind="GIF"), "it cannot be read as JPEG, PNG, WEBP"),
        (picture(kind="PNG")[:200], "it cannot be read as JPEG, PNG, WEBP"),
        (halves()[:1500], "it cannot be read as JPEG, PNG, WEBP"),
        (bomb(), "it cannot be read as JPEG, PNG, WEBP"),
        (
            picture(5001, 5001, "PNG", mode="L", colour=0),
            "it has 5001 × 5001 pixels, at most 25,000,000 are taken",
        ),
        (bytes(10 * 1024 * 1024 + 1), "it has 10,485,761 bytes, at most 10,485,760 are taken"),
        (
            picture(159, 159),
            f"it has 159 × 159 pixels, {WANTED}",
        ),
        (
            picture(160, 321),
            f"it has 160 × 321 pixels, {WANTED}",
        ),
    ],
    ids=["empty", "svg", "gif", "cut png", "cut jpeg", "bomb", "large", "heavy", "small", "narrow"],
)
def test_what_cannot_become_a_cover_is_refused_and_not_kept(image, why, settings):
    with pytest.raises(Invalid) as refused:
        store(image)

    assert (refused.value.code, refused.value.detail) == (
        "bad_image",
        f"This picture cannot become a cover: {why}.",
    )
    assert not (settings.STORAGE_DIR / "covers").exists()


@pytest.mark.parametrize("description", ["", "   ", "x" * 301])
def test_a_cover_is_described_to_whom_cannot_see_it(description):
    with pytest.raises(Invalid) as refused:
        store(picture(), description=description)

    assert refused.value.code == "bad_description"


def test_a_recording_that_is_not_there_gets_no_cover():
    with pytest.raises(NotFound):
        services.cover_store(audiobook_id=UUID(int=1), image=picture(), description="A red square")
