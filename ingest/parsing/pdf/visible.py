"""Which text of a PDF page nobody sees.

Most text is plainly visible: dark on white, with nothing over it. What could be hidden is put to the proof: PDFium
paints the page with it and without it, and what makes no difference is not seen. That judges colours, layers,
masks and covers as a viewer does.
"""

from __future__ import annotations

import ctypes
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chatbot.text.hidden import How
from ingest.parsing.pdf.glyphs import Box, fast
from ingest.parsing.pdf.objects import Area, Colour, Drawing, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# smaller print is not read, in points
_TINY = 2.0
# colours that differ by less (of 255, in the channel that differs most) may look the same: the proof decides
_CONTRAST = 70
# painted text that differs by less from what is behind it is not seen: light grey of 235 on white
_SEEN = 20
_FAINT = 40  # alpha of 255
# pixels of a text that must differ; one does for a full stop, which is as small as that: 0.6 is not 06
_FEW, _SMALL = 3, 16
# pixels for an inch in the proof, and the most pixels of a page and of its pictures
_DPI = 100
_MAX_PIXELS = 6_000_000
# of a thin line: a hairline has a row of pixels of its own; and what is looked at over and under it, in points
_LINE_DPI, _AROUND_LINE = 300, 4.0
_MAX_PICTURE_PIXELS = 60_000_000
_MAX_OBJECTS = 8_000
# processor time for the proofs of one file; without one, colours and covers are judged by what the file says
SECONDS = 12.0
# an area that is smaller covers no text, in points
_COVER = 4.0
# comparisons of texts with areas on one page; beyond, all text is put to the proof
_MAX_PAIRS = 400_000
_PAPER: Colour = (255, 255, 255)
_UNPAINTED = 3
_CLIPS_ONLY = 7


@dataclass(slots=True)
class Eye:
    """Looks at the pages of one file within ``seconds`` of processor time."""

    seconds: float = SECONDS
    _spent: float = field(default=0.0, init=False)

    def hidden(self, page: Any, drawing: Drawing, bounds: Box) -> dict[int, How]:
        """How each text object that nobody sees is hidden, by its address. ``bounds`` is what is shown of the page."""
        found: dict[int, How] = {}
        suspects: dict[int, How] = {}
        layers: dict[int, How] = {}
        painted = False
        judge = _Surroundings(drawing)
        for address, text in drawing.texts.items():
            if not _overlap(text.box, bounds):
                found[address] = "outside"
            elif not _overlap(text.box, text.clip):
                found[address] = "clipped"
            elif 0 < text.size < _TINY and text.box[3] - text.box[1] < 1.5 * _TINY:
                found[address] = "size"
            elif text.mode in (_UNPAINTED, _CLIPS_ONLY):
                if text.mode == _CLIPS_ONLY or judge.on_picture(text):
                    layers[address] = "unpainted"
                else:
                    found[address] = "unpainted"
            elif reason := judge.suspicion(text):
                suspects[address] = reason
            else:
                painted = True
        # a page that is nothing but a scan with its recognised text needs no proof
        if not suspects and not (layers and (painted or found)):
            return found
        return found | self._proof(page, drawing, bounds, suspects, layers, judge)

    def sees_line(self, page: Any, line: Box) -> bool:
        """Whether a thin line is painted from end to end, over whatever else stands there."""
        import numpy as np

        if self._spent > self.seconds:
            return False
        began = time.process_time()
        around = (line[0], line[1] - _AROUND_LINE, line[2], line[3] + _AROUND_LINE)
        rows = _Part(page, _LINE_DPI / 72, [around]).picture().astype(np.int16)
        self._spent += time.process_time() - began
        inner = rows[:, len(rows[0]) // 20 : len(rows[0]) - len(rows[0]) // 20]
        if not inner.size:
            return False
        # a row of one colour, which is not that of the rest
        even = np.ptp(inner, axis=1).max(axis=1) < _CONTRAST
        apart = np.abs(inner.mean(axis=1) - np.median(inner, axis=(0, 1))).max(axis=1) >= _CONTRAST
        return bool((even & apart).any())

    def _proof(
        self,
        page: Any,
        drawing: Drawing,
        bounds: Box,
        suspects: dict[int, How],
        layers: dict[int, How],
        judge: _Surroundings,
    ) -> dict[int, How]:
        width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
        scale = min(_DPI / 72, math.sqrt(_MAX_PIXELS / max(width * height, 1e-6)))
        heavy = drawing.pixels > _MAX_PICTURE_PIXELS or drawing.count > _MAX_OBJECTS or scale < 0.5
        if heavy or self._spent > self.seconds:
            return {
                address: reason for address, reason in suspects.items() if judge.sure(drawing.texts[address])
            }
        began = time.process_time()
        try:
            return _unseen(page, drawing, scale, suspects, layers, judge)
        finally:
            self._spent += time.process_time() - began


class _Surroundings:
    """What is behind and before the text of a page."""

    def __init__(self, drawing: Drawing) -> None:
        self._areas = [
            area
            for area in drawing.areas
            if area.box[2] - area.box[0] > _COVER and area.box[3] - area.box[1] > _COVER
        ]
        self._from_above = self._areas[::-1]
        self._pictures = [area for area in self._areas if area.picture]
        self._last = max((area.order for area in self._areas), default=-1)
        self._all = drawing.cut or len(self._areas) * len(drawing.texts) > _MAX_PAIRS
        # pairs of colours that differ so little that they may look the same
        self._alike: dict[tuple[Colour, Colour], bool] = {}

    def on_picture(self, text: Text) -> bool:
        """Whether a picture lies behind or before the text, as a scan does with its recognised text."""
        return any(_holds(area.box, _middle(text.box)) for area in self._pictures)

    def suspicion(self, text: Text) -> How | None:
        """How the text would be hidden, if it is."""
        if text.alpha < _FAINT:
            return "transparent"
        if self._all:
            return "colour"
        if text.order < self._last and self._cover(text) is not None:
            return "covered"
        if text.special or text.colour is None:
            return "transparent"
        behind = self._behind(text)
        colour = _PAPER if behind is None else behind.colour
        if colour is None or (behind is not None and not behind.opaque):
            return "colour"
        pair = (colour, text.colour)
        alike = self._alike.get(pair)
        if alike is None:
            alike = self._alike[pair] = _difference(*pair) < _CONTRAST
        if alike:
            return "colour"
        return "marked" if text.layered else None

    def sure(self, text: Text) -> bool:
        """Whether the text is hidden by what the file says of it."""
        if text.alpha < _FAINT // 4:
            return True
        if self._all or text.layered or text.special or text.colour is None:
            return False
        if (cover := self._cover(text)) is not None:
            return not cover.picture and cover.opaque
        behind = self._behind(text)
        colour = _PAPER if behind is None else behind.colour
        return colour is not None and _difference(colour, text.colour) < _SEEN

    def _cover(self, text: Text) -> Area | None:
        middle = _middle(text.box)
        for area in self._from_above:
            if area.order < text.order:
                return None
            if area.opaque and _holds(area.box, middle):
                return area
        return None

    def _behind(self, text: Text) -> Area | None:
        if not self._areas:
            return None
        x, y = _middle(text.box)
        order = text.order
        for area in self._from_above:
            if area.order < order:
                left, bottom, right, top = area.box
                if left <= x <= right and bottom <= y <= top:
                    return area
        return None


def _unseen(
    page: Any,
    drawing: Drawing,
    scale: float,
    suspects: dict[int, How],
    layers: dict[int, How],
    judge: _Surroundings,
) -> dict[int, How]:
    """The suspects that make no difference to the picture of the page."""
    import numpy as np

    texts = drawing.texts
    set_active = fast("FPDFPageObj_SetIsActive", ctypes.c_int, ctypes.c_int)
    doubtful = suspects
    if suspects:
        part = _Part(page, scale, [texts[address].box for address in suspects])
        try:
            for address in suspects:
                set_active(address, False)
            without = part.picture()
        finally:
            for address in suspects:
                set_active(address, True)
        doubtful = {
            address: reason
            for address, reason in suspects.items()
            if not (reason == "colour" and _stands_out(texts[address], part.cut(without, texts[address].box)))
        }
    found: dict[int, How] = {}
    if not doubtful and not layers:
        return found
    painted = _Part(page, scale, [texts[address].box for address in (*doubtful, *layers)])
    shown = painted.picture()
    for address, reason in doubtful.items():
        box = texts[address].box
        own, other = painted.cut(shown, box), part.cut(without, box)
        changed = np.abs(own.astype(np.int16) - other.astype(np.int16)).max(axis=2, initial=0)
        if np.count_nonzero(changed >= _SEEN) >= (_FEW if changed.size > _SMALL else 1):
            continue
        # the recognised text of a scan may be painted before the scan
        if reason == "covered" and judge.on_picture(texts[address]) and _inked(own):
            continue
        found[address] = reason
    for address, reason in layers.items():
        if not _inked(painted.cut(shown, texts[address].box)):
            found[address] = reason
    return found


def _stands_out(text: Text, ground: NDArray[np.uint8]) -> bool:
    """Whether text of one colour differs from all that is behind it, so that it need not be painted to be seen."""
    import numpy as np

    if text.colour is None or text.special or text.layered or text.alpha < 255 or not ground.size:
        return False
    colour = np.array(text.colour[::-1], dtype=np.int16)
    return bool((np.abs(ground.astype(np.int16) - colour).max(axis=2) >= _CONTRAST).all())


def _inked(part: NDArray[np.uint8]) -> bool:
    """Whether there is something to see in a part of the page."""
    import numpy as np

    # channel by channel: an area of one colour has nothing to see in it
    return bool(part.size and (np.ptp(part, axis=(0, 1)) >= 2 * _SEEN).any())


class _Part:
    """The part of a page, without annotations, in which the boxes lie: only that is painted."""

    def __init__(self, page: Any, scale: float, boxes: list[Box]) -> None:
        width, height = page.get_size()
        self._page, self._scale = page, scale
        self._width, self._height = math.ceil(width * scale), math.ceil(height * scale)
        places = [self._on_page(box) for box in boxes]
        self._top, self._left = min(place[0] for place in places), min(place[2] for place in places)
        self._bottom, self._right = max(place[1] for place in places), max(place[3] for place in places)

    def picture(self) -> NDArray[np.uint8]:
        """``uint8[height, width, channel]``."""
        import numpy as np
        import pypdfium2 as pdfium
        import pypdfium2.raw as raw

        width, height = max(self._right - self._left, 1), max(self._bottom - self._top, 1)
        bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR)
        try:
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            raw.FPDF_RenderPageBitmap(
                bitmap.raw, self._page.raw, -self._left, -self._top, self._width, self._height, 0, 0
            )
            return np.array(bitmap.to_numpy())
        finally:
            bitmap.close()

    def cut(self, picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
        """What the picture shows within the box."""
        top, bottom, left, right = self._pixels(box)
        return picture[top:bottom, left:right]

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        """Top, bottom, left and right of the box in the picture."""
        top, bottom, left, right = self._on_page(box)
        return top - self._top, bottom - self._top, left - self._left, right - self._left

    def _on_page(self, box: Box) -> tuple[int, int, int, int]:
        import pypdfium2.raw as raw

        x, y = ctypes.c_int(), ctypes.c_int()
        across, along = [], []
        for corner_x, corner_y in ((box[0], box[1]), (box[2], box[3])):
            raw.FPDF_PageToDevice(
                self._page.raw, 0, 0, self._width, self._height, 0, corner_x, corner_y, x, y
            )
            across.append(x.value)
            along.append(y.value)
        return (
            max(min(along), 0),
            max(min(max(along) + 1, self._height), 0),
            max(min(across), 0),
            max(min(max(across) + 1, self._width), 0),
        )


def _overlap(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _difference(colour: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True))
