"""Drawings as pixels: the same drawing gives the same bytes on any machine."""

import hashlib
import io
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import resvg_py
from PIL import Image, ImageFont

FONTS = {
    weight: Path(__file__).parent / "fonts" / f"DejaVuSans{ending}.ttf"
    for weight, ending in (("normal", ""), ("bold", "-Bold"))
}
COLOURS = 128  # in which no picture here looks other than in all of its own


def png(svg: str) -> bytes:
    """A drawing as PNG."""
    fonts = [str(path) for path in FONTS.values()]
    drawn = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts)
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    few = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    made = io.BytesIO()
    few.save(made, "PNG")
    return made.getvalue()


def mark_of(svg: str) -> str:
    """The hash of a drawing, and of what turns it into pixels."""
    return hashlib.sha256(_made_by() + svg.encode()).hexdigest()


@lru_cache
def _made_by() -> bytes:
    files = [Path(__file__), *FONTS.values()]
    versions = "".join(version(name) for name in ("resvg-py", "pillow")).encode()
    return hashlib.sha256(versions + b"".join(path.read_bytes() for path in files)).digest()


@lru_cache
def _font(weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS[weight], 200)  # large, so that no letter is set to whole pixels


def text_length(words: str, size: float, weight: str = "normal") -> float:
    """How long words are in letters of this size. A line break in a name is a space, as in SVG."""
    return _font(weight).getlength(" ".join(words.split())) * size / 200


def fitted(words: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """The words in lines that are no longer than this."""
    lines: list[str] = []
    for word in words.split():
        if lines and text_length(longer := f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
