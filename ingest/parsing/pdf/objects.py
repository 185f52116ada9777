"""What is drawn on a PDF page, in the order in which it is painted: text, filled areas, pictures, ruling lines."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ingest.parsing.pdf.glyphs import Box, address

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
Colour: TypeAlias = tuple[int, int, int]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# a page with more is looked at no further: a map has 100,000
_MAX_OBJECTS = 12_000
_MAX_SEGMENTS = 4_000
_MAX_DEPTH = 6
# a filled area that is thinner is a line, in points
RULE_WIDTH = 2.5
EVERYWHERE: Box = (-math.inf, -math.inf, math.inf, math.inf)


@dataclass(slots=True)
class Text:
    """One text object. ``box`` and ``clip`` in points of the page; ``size`` is that of the print, across the line.

    ``angle`` in degrees against the clock; ``colour`` is ``None`` where it is a pattern; ``alpha`` 0-255;
    ``mode`` is PDF's rendering mode (3: unpainted); ``special`` where a blend, a mask or a layer decides what is seen.
    """

    handle: Any
    order: int
    box: Box
    clip: Box
    size: float
    x: float
    y: float
    angle: float
    mode: int
    colour: Colour | None
    alpha: int
    special: bool
    layered: bool


@dataclass(slots=True)
class Area:
    """A filled area or a picture. ``colour`` is ``None`` for pictures, patterns and shadings."""

    order: int
    box: Box
    colour: Colour | None
    opaque: bool
    picture: bool = False


@dataclass(slots=True)
class Drawing:
    """All of a page; ``texts`` by the address of the object, ``rules`` are thin lines, ``cut`` says that there was more."""

    texts: dict[int, Text] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    count: int = 0
    pixels: int = 0
    cut: bool = False

    @property
    def unpainted(self) -> bool:
        """Whether nothing but text in mode 3 is there."""
        return not (self.areas or self.rules or self.cut) and all(
            text.mode == 3 for text in self.texts.values()
        )


class _Walk:
    """Visits the objects of a page and of the forms in it."""

    def __init__(self, raw: Any, drawing: Drawing, layers: bool) -> None:
        self.raw = raw
        self.layers = layers
        self.drawing = drawing
        self.segments = 0
        self._numbers = [ctypes.c_float() for _ in range(4)]
        self._channels = [ctypes.c_uint() for _ in range(4)]
        self._matrix = raw.FS_MATRIX()
        self._modes = ctypes.c_int(), ctypes.c_int()

    def visit(self, handles: Iterator[Any], matrix: Matrix, special: bool, layered: bool, depth: int) -> None:
        raw, drawing = self.raw, self.drawing
        for handle in handles:
            drawing.count += 1
            if drawing.count > _MAX_OBJECTS:
                drawing.cut = True
                return
            kind = raw.FPDFPageObj_GetType(handle)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                drawing.texts[address(handle)] = self._text(handle, matrix, special, layered)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(handle, matrix)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._picture(handle, matrix)
            elif kind == raw.FPDF_PAGEOBJ_SHADING:
                drawing.areas.append(Area(drawing.count, self._box(handle, matrix), None, False))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                inner = _multiplied(self._matrix_of(handle), matrix)
                seen_through = special or bool(raw.FPDFPageObj_HasTransparency(handle))
                inside = (
                    raw.FPDFFormObj_GetObject(handle, i) for i in range(raw.FPDFFormObj_CountObjects(handle))
                )
                self.visit(inside, inner, seen_through, layered or self._layered(handle), depth + 1)

    def _text(self, handle: Any, matrix: Matrix, special: bool, layered: bool) -> Text:
        raw = self.raw
        a, b, c, d, e, f = _multiplied(self._matrix_of(handle), matrix)
        # fonts may be scaled by the matrix: size 1 of 12 points
        raw.FPDFTextObj_GetFontSize(handle, self._numbers[0])
        size = abs(self._numbers[0].value) * math.hypot(c, d)
        mode = raw.FPDFTextObj_GetTextRenderMode(handle)
        colour, alpha = self._colour(handle, stroke=mode in (1, 5))
        return Text(
            handle,
            self.drawing.count,
            self._box(handle, matrix),
            self._clip(handle, matrix),
            size,
            e,
            f,
            math.degrees(math.atan2(b, a)) if b else (0.0 if a >= 0 else 180.0),
            mode,
            colour,
            alpha,
            special or bool(raw.FPDFPageObj_HasTransparency(handle)),
            layered or self._layered(handle),
        )  # fmt: skip

    def _path(self, handle: Any, matrix: Matrix) -> None:
        raw = self.raw
        filled, stroked = self._modes
        raw.FPDFPath_GetDrawMode(handle, filled, stroked)
        if not filled.value and not stroked.value:
            return
        box = self._box(handle, matrix)
        thin = min(box[2] - box[0], box[3] - box[1]) <= RULE_WIDTH
        if thin:
            self.drawing.rules.append(box)
            return
        if filled.value:
            colour, alpha = self._colour(handle)
            opaque = alpha == 255 and not raw.FPDFPageObj_HasTransparency(handle)
            if alpha:
                self.drawing.areas.append(Area(self.drawing.count, box, colour, opaque))
            if colour is not None and min(colour) > 250 and not stroked.value:
                return  # white paper behind something is no frame
        self.drawing.rules += self._lines(handle, matrix)

    def _lines(self, handle: Any, matrix: Matrix) -> list[Box]:
        """The horizontal and vertical lines of a path."""
        raw = self.raw
        count = raw.FPDFPath_CountSegments(handle)
        if count > 400 or self.segments + count > _MAX_SEGMENTS:
            return []
        self.segments += count
        a, b, c, d, e, f = _multiplied(self._matrix_of(handle), matrix)
        x, y = self._numbers[:2]
        found: list[Box] = []
        first = last = (0.0, 0.0)
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(handle, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                first = point
            elif kind == raw.FPDF_SEGMENT_LINETO:
                found += _rule(last, point)
            last = point
            if raw.FPDFPathSegment_GetClose(segment):
                found += _rule(point, first)
        return found

    def _picture(self, handle: Any, matrix: Matrix) -> None:
        raw = self.raw
        width, height = self._channels[:2]
        if raw.FPDFImageObj_GetImagePixelSize(handle, width, height):
            self.drawing.pixels += width.value * height.value
        self.drawing.areas.append(
            Area(self.drawing.count, self._box(handle, matrix), None, True, picture=True)
        )

    def _box(self, handle: Any, matrix: Matrix) -> Box:
        left, bottom, right, top = self._numbers
        if not self.raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
            return EVERYWHERE
        box = (left.value, bottom.value, right.value, top.value)
        return box if matrix is _IDENTITY else _transformed(box, matrix)

    def _colour(self, handle: Any, stroke: bool = False) -> tuple[Colour | None, int]:
        red, green, blue, alpha = self._channels
        ask = self.raw.FPDFPageObj_GetStrokeColor if stroke else self.raw.FPDFPageObj_GetFillColor
        if not ask(handle, red, green, blue, alpha):
            return None, 255
        return (red.value, green.value, blue.value), alpha.value

    def _matrix_of(self, handle: Any) -> Matrix:
        matrix = self._matrix
        if not self.raw.FPDFPageObj_GetMatrix(handle, matrix):
            return _IDENTITY
        return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _layered(self, handle: Any) -> bool:
        """Whether the object is in a layer (optional content), which may be off."""
        raw = self.raw
        if not self.layers:
            return False
        name, length = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
        for index in range(min(raw.FPDFPageObj_CountMarks(handle), 8)):
            mark = raw.FPDFPageObj_GetMark(handle, index)
            if raw.FPDFPageObjMark_GetName(mark, name, 16, length) and name[:3] == [ord("O"), ord("C"), 0]:
                return True
        return False

    def _clip(self, handle: Any, matrix: Matrix) -> Box:
        """The box around what the clipping paths leave."""
        raw = self.raw
        path = raw.FPDFPageObj_GetClipPath(handle)
        count = raw.FPDFClipPath_CountPaths(path) if path else 0
        box = EVERYWHERE
        x, y = self._numbers[:2]
        for number in range(min(max(count, 0), 8)):
            points: list[tuple[float, float]] = []
            segments = raw.FPDFClipPath_CountPathSegments(path, number)
            if not 0 < segments <= 60:
                continue
            for index in range(segments):
                segment = raw.FPDFClipPath_GetPathSegment(path, number, index)
                raw.FPDFPathSegment_GetPoint(segment, x, y)
                points.append((x.value, y.value))
            across, along = [point[0] for point in points], [point[1] for point in points]
            inner = (min(across), min(along), max(across), max(along))
            if matrix is not _IDENTITY:
                inner = _transformed(inner, matrix)
            box = (max(box[0], inner[0]), max(box[1], inner[1]), min(box[2], inner[2]), min(box[3], inner[3]))
        return box


def drawing_of(page: Any, layers: bool = True) -> Drawing:
    """Everything that the page and the forms on it draw, up to 12,000 objects; ``layers`` where the file has any."""
    import pypdfium2.raw as raw

    drawing = Drawing()
    handles = (
        raw.FPDFPage_GetObject(page.raw, index) for index in range(raw.FPDFPage_CountObjects(page.raw))
    )
    _Walk(raw, drawing, layers).visit(handles, _IDENTITY, False, False, 0)
    return drawing


def _rule(start: tuple[float, float], end: tuple[float, float]) -> list[Box]:
    across, along = abs(start[0] - end[0]), abs(start[1] - end[1])
    if min(across, along) > 0.5 or max(across, along) < 3:
        return []
    return [(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))]


def _multiplied(first: Matrix, second: Matrix) -> Matrix:
    """``first``, then ``second``."""
    if second is _IDENTITY:
        return first
    a, b, c, d, e, f = first
    A, B, C, D, E, F = second  # noqa: N806
    return (
        a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F
    )  # fmt: skip


def _transformed(box: Box, matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across, along = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(along), max(across), max(along)
