"""Pictures of text (PNG, JPEG, TIFF, BMP, WebP, GIF), read by OCR. Each frame of a TIFF is a page; others have one."""

from __future__ import annotations

import math
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.ocr import DPI, MAX_PIXELS, Recogniser, Scans
from ingest.parsing.ocr.picture import Picture
from ingest.parsing.pdf.paragraphs import paragraphs

if TYPE_CHECKING:
    import PIL.Image

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
# an A3 page at 600 dpi has 70 million; more would take gigabytes to decode
_MAX_DECODED = 80_000_000
# smaller pictures come from screens, where letters are 10 to 15 pixels high
_SCREEN_PIXELS = 2_000_000
_DAMAGED = "The image is damaged or cut off. Save it again."
# what Pillow raises on broken files
_BROKEN = (OSError, EOFError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, struct.error)


def parse(path: Path) -> ParsedDocument:
    import PIL.Image

    builder = DocumentBuilder()
    scans = Scans()
    with path.open("rb") as content, warnings.catch_warnings(), Recogniser() as recogniser:
        warnings.simplefilter("ignore")  # Pillow's, of large images and odd metadata
        try:
            image = PIL.Image.open(content, formats=_FORMATS)
        except PIL.Image.DecompressionBombError as error:
            raise DocumentRefused(_too_large(0)) from error
        except _BROKEN as error:
            raise DocumentRefused(_DAMAGED) from error
        with image:
            for number in range(1, _pages(image) + 1):
                try:
                    picture = _picture(image, number)
                except DocumentRefused:
                    if number == 1:
                        raise
                    builder.problem(
                        Phrase(
                            "page {number} and those after it that cannot be read (damaged or too large)",
                            number=number,
                        )
                    )
                    break
                lines = scans.read(recogniser, number, picture)
                builder.start_page(number)
                for paragraph in paragraphs(lines, split_words=False):
                    if paragraph.rows:
                        builder.table(paragraph.rows)
                    else:
                        builder.paragraph(paragraph.text)
                builder.end_page()
                if builder.full:
                    break
    for problem in scans.problems():
        builder.problem(problem)
    return builder.finish("image", empty=scans.refusal(), explains=True)


def _pages(image: PIL.Image.Image) -> int:
    try:
        return min(getattr(image, "n_frames", 1), MAX_PAGES) if image.format == "TIFF" else 1
    except _BROKEN:
        return 1


def _picture(image: PIL.Image.Image, number: int) -> Picture:
    """Frame ``number`` (from 1) upright in grey on white; raises ``DocumentRefused``."""
    import numpy as np
    import PIL.Image
    import PIL.ImageOps

    try:
        if number > 1:
            image.seek(number - 1)
        pixels = image.width * image.height
        if pixels > _MAX_DECODED:
            raise DocumentRefused(_too_large(pixels))
        upright = PIL.ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            upright = PIL.Image.alpha_composite(PIL.Image.new("RGBA", upright.size, "white"), upright)
        if upright.mode.startswith(("I", "F")):
            # 16 bits and more: the whole range, as a conversion would cut it off
            wide = np.asarray(upright, np.float32)
            low, high = float(wide.min()), float(wide.max())
            upright = PIL.Image.fromarray(((wide - low) * (255 / max(high - low, 1.0))).astype(np.uint8))
        grey = upright.convert("L")
        dpi = _dpi(image, pixels)
        scale = min(DPI / dpi, math.sqrt(MAX_PIXELS / max(pixels, 1)))
        if not 0.8 < scale < 1.2:
            size = (max(round(grey.width * scale), 1), max(round(grey.height * scale), 1))
            grey = grey.resize(size, PIL.Image.Resampling.BICUBIC)
            dpi *= scale
        return Picture(np.asarray(grey), dpi)
    except DocumentRefused:
        raise
    except PIL.Image.DecompressionBombError as error:
        raise DocumentRefused(_too_large(pixels)) from error
    except _BROKEN as error:
        raise DocumentRefused(_DAMAGED) from error


def _dpi(image: PIL.Image.Image, pixels: int) -> float:
    """The stated resolution where it is that of a scanner or a screen; else a guess by the number of pixels."""
    stated = float(image.info.get("dpi", (0.0, 0.0))[0])
    if 140 <= stated <= 1200:
        return stated
    return DPI / 2 if pixels < _SCREEN_PIXELS else DPI


def _too_large(pixels: int) -> str:
    return Phrase(
        "The image has {count} million pixels; at most {most} million are read. Save it with a lower resolution."
        if pixels
        else "The image has more than {count} million pixels; at most {most} million are read. Save it with a lower resolution.",
        count=f"{(pixels or 2 * _MAX_DECODED) / 1e6:,.0f}",
        most=f"{_MAX_DECODED / 1000000.0:.0f}",
    )
