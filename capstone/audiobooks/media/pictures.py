"""Pictures from outside, made into covers: decoded, turned upright and drawn anew in every size."""

import hashlib
import io
import struct

from PIL import Image, ImageOps

from audiobooks.catalog.models import Cover
from audiobooks.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 25_000_000  # 100 MB once decoded with transparency
SHORTEST_SIDE_PX = 160
STEEPEST_RATIO = 2  # no side more than twice the other, or 160 × 100,000 px would be drawn 960 px wide

# What Pillow raises for files that are damaged, or made to do damage.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def cover_pictures(image: bytes) -> tuple[str, dict[int, bytes]]:
    """
    Return a cover's address, the SHA-256 of its widest picture, and ``{width in px: WebP}`` for every size.

    The same image gives the same bytes. EXIF (where, when, by which camera), colour profiles and all other
    metadata are left behind; transparency becomes white. Raises ``Invalid("bad_image")``.
    """
    upright = _decoded(image)
    pictures = {width_px: _drawn(upright, width_px) for width_px in Cover.WIDTHS_PX}
    return hashlib.sha256(pictures[max(Cover.WIDTHS_PX)]).hexdigest(), pictures


def _decoded(image: bytes) -> Image.Image:
    if len(image) > LARGEST_BYTES:
        raise _refused(f"it has {len(image):,} bytes, at most {LARGEST_BYTES:,} are taken")
    try:
        with Image.open(io.BytesIO(image), formats=FORMATS) as picture:
            _check_shape(*picture.size)  # before a pixel is decoded
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            return ImageOps.exif_transpose(picture).convert(mode)
    except UNREADABLE as error:
        raise _refused(f"it cannot be read as {', '.join(FORMATS)}") from error


def _check_shape(width_px: int, height_px: int) -> None:
    short, long = sorted((width_px, height_px))
    if width_px * height_px > LARGEST_PIXELS:
        raise _refused(f"it has {width_px} × {height_px} pixels, at most {LARGEST_PIXELS:,} are taken")
    if short < SHORTEST_SIDE_PX or long > STEEPEST_RATIO * short:
        wanted = f"at least {SHORTEST_SIDE_PX} on each side, neither more than twice the other"
        raise _refused(f"it has {width_px} × {height_px} pixels, wanted are {wanted}")


def _drawn(upright: Image.Image, width_px: int) -> bytes:
    height_px = round(upright.height * width_px / upright.width)
    scaled = upright.resize((width_px, height_px), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", scaled.size, "white")  # a new picture has no metadata to inherit
    canvas.paste(scaled, mask=scaled if scaled.mode == "RGBA" else None)
    output = io.BytesIO()
    canvas.save(output, "WEBP", quality=80, method=4)
    return output.getvalue()


def _refused(why: str) -> Invalid:
    return Invalid("bad_image", f"This picture cannot become a cover: {why}.")
