"""What is drawn on a PDF page, in the order in which it is painted: text, filled areas, pictures, ruling lines."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice, repeat
from typing import Any, TypeAlias

from ingest.parsing.pdf.glyphs import Box, address, fast

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
Colour: TypeAlias = tuple[int, int, int]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# a page with more is looked at no further: a map has 100,000
_MAX_OBJECTS = 12_000
_MAX_SEGMENTS = 4_000
_MAX_DEPTH = 6
# kinds of objects and of segments, and the rendering modes that stroke the outline only
_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5
_LINE_TO, _MOVE_TO = 0, 2
_STROKED = (1, 5)
# a filled area that is thinner is a line, in points
RULE_WIDTH = 2.5
EVERYWHERE: Box = (-math.inf, -math.inf, math.inf, math.inf)


@dataclass(slots=True)
class Text:
    """One text object. ``box`` and ``clip`` in points of the page; ``size`` is that of the print, across the line.

    ``angle`` in degrees against the clock; ``colour`` is ``None`` where it is a pattern; ``alpha`` 0-255;
    ``mode`` is PDF's rendering mode (3: unpainted); ``special`` where a blend, a mask or a layer decides what is seen.
    """

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
    """All of a page; ``texts`` by the address of the object, which is PDFium's handle, ``rules`` are thin lines, ``cut`` says that there was more."""

    texts: dict[int, Text] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    count: int = 0
    pixels: int = 0
    cut: bool = False


class _Calls:
    """PDFium's functions for objects of a page, on plain addresses. One call for each object, all from C."""

    def __init__(self) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int
        self.page_object = fast("FPDFPage_GetObject", pointer, number)
        self.form_object = fast("FPDFFormObj_GetObject", pointer, ctypes.c_ulong)
        self.form_objects = fast("FPDFFormObj_CountObjects", number)
        self.kind = fast("FPDFPageObj_GetType", number)
        self.matrix = fast("FPDFPageObj_GetMatrix", number, pointer)
        self.bounds = fast("FPDFPageObj_GetBounds", number, *4 * (pointer,))
        self.fill = fast("FPDFPageObj_GetFillColor", number, *4 * (pointer,))
        self.stroke = fast("FPDFPageObj_GetStrokeColor", number, *4 * (pointer,))
        self.transparent = fast("FPDFPageObj_HasTransparency", number)
        self.marks = fast("FPDFPageObj_CountMarks", number)
        self.mark = fast("FPDFPageObj_GetMark", pointer, ctypes.c_ulong)
        self.mark_name = fast("FPDFPageObjMark_GetName", number, pointer, ctypes.c_ulong, pointer)
        self.font_size = fast("FPDFTextObj_GetFontSize", number, pointer)
        self.mode = fast("FPDFTextObj_GetTextRenderMode", number)
        self.draw_mode = fast("FPDFPath_GetDrawMode", number, pointer, pointer)
        self.segments = fast("FPDFPath_CountSegments", number)
        self.segment = fast("FPDFPath_GetPathSegment", pointer, number)
        self.point = fast("FPDFPathSegment_GetPoint", number, pointer, pointer)
        self.segment_kind = fast("FPDFPathSegment_GetType", number)
        self.closes = fast("FPDFPathSegment_GetClose", number)
        self.clip = fast("FPDFPageObj_GetClipPath", pointer)
        self.clip_paths = fast("FPDFClipPath_CountPaths", number)
        self.clip_segments = fast("FPDFClipPath_CountPathSegments", number, number)
        self.clip_segment = fast("FPDFClipPath_GetPathSegment", pointer, number, number)
        self.pixels = fast("FPDFImageObj_GetImagePixelSize", number, pointer, pointer)


@cache
def _calls() -> _Calls:
    return _Calls()


class _Walk:
    """Visits the objects of a page and of the forms in it; what is asked of all texts or paths is asked in one go."""

    def __init__(self, drawing: Drawing, layers: bool) -> None:
        self.calls = _calls()
        self.layers = layers
        self.drawing = drawing
        self.segments = 0

    def visit(self, handles: list[int], matrix: Matrix, special: bool, depth: int) -> None:
        drawing, calls = self.drawing, self.calls
        kinds = list(map(calls.kind, handles))
        texts = self._texts(_of_kind(_TEXT, handles, kinds), matrix, special, depth > 0)
        paths = self._paths(_of_kind(_PATH, handles, kinds), matrix)
        for handle, kind in zip(handles, kinds, strict=True):
            drawing.count += 1
            if drawing.count > _MAX_OBJECTS:
                drawing.cut = True
                return
            if kind == _TEXT:
                drawing.texts[handle] = text = next(texts)
                text.order = drawing.count
            elif kind == _PATH:
                area, rules = next(paths)
                drawing.rules += rules
                if area is not None:
                    area.order = drawing.count
                    drawing.areas.append(area)
            elif kind == _IMAGE:
                self._picture(handle, matrix)
            elif kind == _SHADING:
                drawing.areas.append(Area(drawing.count, self._boxes([handle], matrix)[0], None, False))
            elif kind == _FORM and depth < _MAX_DEPTH:
                inner = _multiplied(self._matrices([handle])[0], matrix)
                seen_through = special or bool(calls.transparent(handle))
                count = min(calls.form_objects(handle), _MAX_OBJECTS + 1 - drawing.count)
                inside = list(map(calls.form_object, repeat(handle), range(count)))
                self.visit(inside, inner, seen_through, depth + 1)

    def _texts(self, handles: list[int], matrix: Matrix, special: bool, inside: bool) -> Iterator[Text]:
        calls = self.calls
        sizes = _floats(calls.font_size, handles, 1)[1]
        modes = list(map(calls.mode, handles))
        seen_through = list(map(calls.transparent, handles))
        paths = list(map(calls.clip, handles))
        clips = [
            count if path else 0 for path, count in zip(paths, map(calls.clip_paths, paths), strict=True)
        ]
        found = zip(
            handles, self._matrices(handles), self._boxes(handles, matrix), sizes, modes, self._colours(handles),
            seen_through, paths, clips, strict=True,
        )  # fmt: skip
        for handle, own, box, size, mode, (colour, alpha), transparent, path, clip in found:
            a, b, c, d, e, f = _multiplied(own, matrix)
            if mode in _STROKED:
                colour, alpha = self._colours([handle], stroke=True)[0]
            yield Text(
                0,
                box,
                self._clip(path, clip, matrix) if clip > 0 else EVERYWHERE,
                # fonts may be scaled by the matrix: size 1 of 12 points
                abs(size) * (math.hypot(c, d) if c else abs(d)),
                e,
                f,
                math.degrees(math.atan2(b, a)) if b else (0.0 if a >= 0 else 180.0),
                mode,
                colour,
                alpha,
                special or transparent == 1,
                # a form may name its layer itself, and PDFium shows no way to ask for it
                self.layers and (inside or self._layered(handle)),
            )  # fmt: skip

    def _paths(self, handles: list[int], matrix: Matrix) -> Iterator[tuple[Area | None, list[Box]]]:
        """The area that each fills, without its order, and its ruling lines."""
        modes = (ctypes.c_int * (2 * len(handles)))()
        first = ctypes.addressof(modes)
        size = 8 * len(handles)
        _run(
            self.calls.draw_mode,
            handles,
            range(first, first + size, 8),
            range(first + 4, first + 4 + size, 8),
        )
        numbers = modes[:]
        boxes = self._boxes(handles, matrix)
        areas: list[Area | None] = []
        framed: list[int] = []
        found = zip(handles, numbers[::2], numbers[1::2], boxes, self._colours(handles),
                    map(self.calls.transparent, handles), strict=True)  # fmt: skip
        for handle, filled, stroked, box, (colour, alpha), transparent in found:
            thin = min(box[2] - box[0], box[3] - box[1]) <= RULE_WIDTH
            shown = bool(filled and alpha and not thin)
            areas.append(Area(0, box, colour, alpha == 255 and not transparent) if shown else None)
            # white paper behind something is no frame
            paper = filled and colour is not None and min(colour) > 250
            if not thin and (stroked or (filled and not paper)):
                framed.append(handle)
        lines = dict(zip(framed, self._lines(framed, matrix), strict=True))
        for handle, filled, stroked, box, area in zip(
            handles, numbers[::2], numbers[1::2], boxes, areas, strict=True
        ):
            thin = min(box[2] - box[0], box[3] - box[1]) <= RULE_WIDTH
            yield area, [box] if thin and (filled or stroked) else lines.get(handle, [])

    def _lines(self, handles: list[int], matrix: Matrix) -> Iterator[list[Box]]:
        """The horizontal and vertical lines of each path."""
        calls = self.calls
        counts: list[int] = []
        for count in map(calls.segments, handles):
            fits = count <= 400 and self.segments + count <= _MAX_SEGMENTS
            counts.append(count if fits else 0)
            self.segments += counts[-1]
        paths = chain.from_iterable(map(repeat, handles, counts))
        segments = list(map(calls.segment, paths, chain.from_iterable(map(range, counts))))
        found = zip(
            map(calls.segment_kind, segments),
            map(calls.closes, segments),
            self._points(segments),
            strict=True,
        )
        for own, count in zip(self._matrices(handles), counts, strict=True):
            yield _rules(islice(found, count), _multiplied(own, matrix))

    def _picture(self, handle: int, matrix: Matrix) -> None:
        size = (ctypes.c_uint * 2)()
        first = ctypes.addressof(size)
        if self.calls.pixels(handle, first, first + 4):
            self.drawing.pixels += size[0] * size[1]
        box = self._boxes([handle], matrix)[0]
        self.drawing.areas.append(Area(self.drawing.count, box, None, True, picture=True))

    def _boxes(self, handles: list[int], matrix: Matrix) -> list[Box]:
        known, numbers = _floats(self.calls.bounds, handles, 4, apart=True)
        boxes: list[Box] = list(zip(numbers[::4], numbers[1::4], numbers[2::4], numbers[3::4], strict=True))
        if matrix is not _IDENTITY:
            boxes = [_transformed(box, matrix) for box in boxes]
        if all(known):
            return boxes
        return [box if sure else EVERYWHERE for sure, box in zip(known, boxes, strict=True)]

    def _colours(self, handles: list[int], stroke: bool = False) -> list[tuple[Colour | None, int]]:
        """Red, green and blue, or ``None`` for a pattern; and alpha."""
        channels = (ctypes.c_uint * (4 * len(handles)))()
        start, size = ctypes.addressof(channels), 16 * len(handles)
        places = [range(start + offset, start + offset + size, 16) for offset in (0, 4, 8, 12)]
        known = _run(self.calls.stroke if stroke else self.calls.fill, handles, *places)
        numbers = channels[:]
        colours = zip(numbers[::4], numbers[1::4], numbers[2::4], strict=True)
        return [
            (colour, alpha) if sure else (None, 255)
            for sure, colour, alpha in zip(known, colours, numbers[3::4], strict=True)
        ]

    def _matrices(self, handles: list[int]) -> list[Matrix]:
        known, numbers = _floats(self.calls.matrix, handles, 6)
        parts = [numbers[place::6] for place in range(6)]
        return [
            matrix if sure else _IDENTITY
            for sure, matrix in zip(known, zip(*parts, strict=True), strict=True)
        ]

    def _points(self, segments: list[int]) -> list[tuple[float, float]]:
        numbers = _floats(self.calls.point, segments, 2, apart=True)[1]
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def _layered(self, handle: int) -> bool:
        """Whether the object is in a layer (optional content), which may be off."""
        calls = self.calls
        name, length = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
        for index in range(min(calls.marks(handle), 8)):
            mark = calls.mark(handle, index)
            named = calls.mark_name(mark, ctypes.addressof(name), 16, ctypes.addressof(length))
            if named and name[:3] == [ord("O"), ord("C"), 0]:
                return True
        return False

    def _clip(self, path: int, count: int, matrix: Matrix) -> Box:
        """The box around what the clipping paths leave."""
        calls = self.calls
        box = EVERYWHERE
        for number in range(min(count, 8)):
            segments = calls.clip_segments(path, number)
            if not 0 < segments <= 60:
                continue
            points = self._points(
                list(map(calls.clip_segment, repeat(path), repeat(number), range(segments)))
            )
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
    count = min(raw.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS + 1)
    handles = list(map(_calls().page_object, repeat(address(page.raw)), range(count)))
    _Walk(drawing, layers).visit(handles, _IDENTITY, False, 0)
    return drawing


def _of_kind(kind: int, handles: list[int], kinds: list[int]) -> list[int]:
    return [handle for handle, other in zip(handles, kinds, strict=True) if other == kind]


def _run(function: Any, handles: list[int], *places: Iterable[int]) -> list[int]:
    """What the function answers for each handle; it writes to the addresses that stand beside it."""
    return list(map(function, handles, *places))


def _floats(
    function: Any, handles: list[int], count: int, apart: bool = False
) -> tuple[list[int], list[float]]:
    """The function's answers, and the ``count`` numbers that it writes for each: to one address, or ``apart`` to as many."""
    buffer = (ctypes.c_float * (count * len(handles)))()
    start, step = ctypes.addressof(buffer), 4 * count
    offsets = range(0, step, 4) if apart else (0,)
    places = [range(start + offset, start + offset + step * len(handles), step) for offset in offsets]
    return _run(function, handles, *places), buffer[:]


def _rules(segments: Iterable[tuple[int, int, tuple[float, float]]], matrix: Matrix) -> list[Box]:
    """The horizontal and vertical lines among the segments of a path: kind, whether it closes the path, and end."""
    a, b, c, d, e, f = matrix
    found: list[Box] = []
    first = last = (0.0, 0.0)
    for kind, closes, (x, y) in segments:
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == _MOVE_TO:
            first = point
        elif kind == _LINE_TO:
            found += _rule(last, point)
        last = point
        if closes:
            found += _rule(point, first)
    return found


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
