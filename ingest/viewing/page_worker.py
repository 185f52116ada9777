"""The worker that draws pages: ``python -m ingest.viewing.page_worker MEMORY_BYTES CPU_SECONDS FILES``, requests on stdin.

    a file, {"sha256", "page", "first", "text", "spans", "draw", "read"}
    -> {"pages", "page", "located", "on", "boxes", "unread", "width", "height"} and a picture, or {"problem": reason}

The program's side is ``page_process.py``; what a worker cannot do stands in ``ingest.sandbox.worker``.
"""

from __future__ import annotations

import io
import math
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, BinaryIO

import pypdfium2 as pdfium
from PIL import Image, WebPImagePlugin

from ingest.parsing.ocr import Recogniser, available
from ingest.sandbox.worker import serve
from ingest.viewing.find import CharacterPage, Found, find
from ingest.viewing.printed import PrintedPage
from ingest.viewing.scanned import ScannedPages

# a page 700 points wide on the screen is sharp on one with two pixels for each
_WIDTH = 1400
_MAX_PIXELS = 6_000_000
_MAX_SCALE = 20.0
# of WebP; text is as clear as in PNG to the eye, in half the bytes
_QUALITY = 80

# of processor time: a page of a scan takes two or three seconds
_OCR_SECONDS = 10.0
# share of a passage; with less on one scanned page the next one is read too
_ENOUGH = 0.9

_scans = ScannedPages()
_WEBP = WebPImagePlugin.WebPImageFile.format  # loaded now: afterwards there may be too little memory


def _answer(request: dict[str, Any], file: Path) -> tuple[dict[str, Any], bytes]:
    try:
        with file.open("rb") as content:
            return _view(content, request)
    except MemoryError:
        return {"problem": "slow", "last": True}, b""
    except OSError:
        return {"problem": "gone"}, b""
    except pdfium.PdfiumError as error:
        return {"problem": "locked" if "password" in str(error).lower() else "damaged"}, b""


def _view(file: BinaryIO, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    with closing(pdfium.PdfDocument(file)) as document:
        count = len(document)
        shown = min(max(int(request["page"]), 1), count)
        with closing(document[shown - 1]) as page:
            found, unread = _found(document, page, shown, request)
            picture, width, height = _drawn(page) if request["draw"] else (b"", 0, 0)
    return {
        "pages": count,
        "page": shown,
        "located": found.located,
        "on": found.pages,
        "boxes": found.boxes,
        "unread": unread,
        "width": width,
        "height": height,
    }, picture


def _found(document: Any, shown_page: Any, shown: int, request: dict[str, Any]) -> tuple[Found, bool]:
    """A passage stands on the page where it begins, and perhaps on the next one; whether one of them is unread."""
    first = int(request["first"])
    spans = [(int(start), int(end)) for start, end in request["spans"]]
    with ExitStack() as opened:
        handles, pages = [], []
        for number in range(max(first, 1), min(first + 1, len(document)) + 1):
            page = shown_page if number == shown else opened.enter_context(closing(document[number - 1]))
            textpage = opened.enter_context(closing(page.get_textpage()))
            handles.append(page)
            pages.append(PrintedPage(page, textpage, number))
        found = find(request["text"], spans, pages, shown)
        scans = [at for at, page in enumerate(pages) if not page.is_readable()] if available() else []
        read: list[CharacterPage] = [*pages]
        is_unread = False
        with Recogniser(_OCR_SECONDS if request["read"] else 0) as recogniser:
            for at in scans:
                if found.located >= _ENOUGH:
                    break
                scanned = _scans.read(recogniser, request["sha256"], handles[at], pages[at].number)
                is_unread |= scanned is None
                if scanned is not None:
                    read[at] = scanned
                    found = find(request["text"], spans, read, shown)
        return found, is_unread and not request["read"]


def _drawn(page: Any) -> tuple[bytes, int, int]:
    width, height = page.get_size()
    scale = min(_WIDTH / max(width, 1e-3), math.sqrt(_MAX_PIXELS / max(width * height, 1e-6)), _MAX_SCALE)
    with closing(page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)) as bitmap:
        image: Image.Image = bitmap.to_pil()
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, _WEBP, quality=_QUALITY, method=1)
        return buffer.getvalue(), bitmap.width, bitmap.height


if __name__ == "__main__":
    serve(_answer)
