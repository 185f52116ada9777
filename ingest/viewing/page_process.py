"""The process that draws pages in the sandbox, as the program sees it.

What it answers is checked before it is believed. The worker's side is ``page_worker.py``.
"""

from __future__ import annotations

import logging
import math
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from chatbot.citations.viewing import Box, NoPage, NoPageReason
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.process import Ended, SandboxProcess
from ingest.sandbox.wire import WireError

PAGE_MEMORY_LIMIT = 1024 * 2**20
SECONDS_PER_PAGE = 15.0  # of which OCR may take ten
MAX_PICTURE = 16 * 2**20  # bytes; a page full of photographs has 1 MB
_MAX_SIDE = 20_000
_WEBP = (b"RIFF", b"WEBP")
# how PDFium ends where memory cannot be had
_OUT_OF_MEMORY = {-getattr(signal, name, 0) for name in ("SIGABRT", "SIGTRAP", "SIGILL", "SIGKILL")} - {0}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of which file, and what to look for: ``spans`` of ``text``, the passage's first.

    ``path`` is a real path. ``text`` is the stored text around the passage, from the beginning of page ``first`` on.
    """

    path: Path
    sha256: str
    page: int
    first: int
    text: str
    spans: tuple[tuple[int, int], ...]
    read_scan: bool = False


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """``picture`` is empty where none was asked for; ``boxes`` are those of each span."""

    picture: bytes
    width: int
    height: int
    page: int
    pages: int
    located: float
    on: tuple[int, ...]
    boxes: tuple[tuple[Box, ...], ...]
    is_unread: bool = False


class PageProcess(SandboxProcess):
    """Draws pages and finds passages on them in a limited subprocess. Thread-safe; one page at a time."""

    def __init__(self, memory: int = PAGE_MEMORY_LIMIT, seconds: float = SECONDS_PER_PAGE) -> None:
        super().__init__("ingest.viewing.page_worker", memory, seconds)

    def draw(self, request: PageRequest, picture: bool = True) -> DrawnPage | NoPage:
        """The page; without its ``picture`` only the boxes."""
        message = {
            "sha256": request.sha256,
            "page": request.page,
            "first": request.first,
            "text": request.text,
            "spans": request.spans,
            "draw": picture,
            "read": request.read_scan,
        }
        try:
            with OpenedFile(request.path) as file:
                # the very file that is drawn, whatever stands under its name by then
                if file.digest()[0] != request.sha256:
                    return NoPage("changed")
                answered = self.request(message, file, MAX_PICTURE)
        except OSError:
            return NoPage("gone")
        if isinstance(answered, Ended):
            slow = answered.timed_out or answered.code in _OUT_OF_MEMORY
            _log.warning(
                "drawing page %s of %s ended with exit code %s", request.page, request.path, answered.code
            )
            return NoPage("slow" if slow else "damaged")
        return _believed(*answered, len(request.spans), picture)


def _believed(answer: dict[str, Any], data: bytes, spans: int, picture: bool) -> DrawnPage | NoPage:
    if (problem := answer.get("problem")) is not None:
        return NoPage(problem if problem in get_args(NoPageReason) else "damaged")
    try:
        width, height, page, pages = (int(answer[key]) for key in ("width", "height", "page", "pages"))
        located = float(answer["located"])
        on = tuple(int(number) for number in answer["on"])
        boxes = tuple(tuple(Box(*map(float, sides)) for sides in found) for found in answer["boxes"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise WireError("a page with missing fields") from error
    sides = [side for found in boxes for box in found for side in (box.left, box.top, box.right, box.bottom)]
    if not all(0 <= share <= 1 for share in (located, *sides)) or len(boxes) != spans:
        raise WireError("boxes beside the page")
    if not 1 <= page <= pages or not all(1 <= number <= pages for number in on) or not math.isfinite(located):
        raise WireError("a page out of the document")
    is_picture = (data[:4], data[8:12]) == _WEBP and 0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE
    if picture and not is_picture:
        raise WireError("a picture that is none")
    return DrawnPage(data, width, height, page, pages, located, on, boxes, bool(answer.get("unread")))
