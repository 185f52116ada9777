"""Pictures of pages: blank or not, which part to look at, and where their columns of text are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # NumPy is loaded with the first scan, not with the program
    import numpy as np
    from numpy.typing import NDArray

# side of the square that tells which way up a page is
_SAMPLE_INCHES = 4.0
# a blank page has fewer pixels than these that differ by so many shades (of 255) from most of it; a letter has 200
_SPECKS = 150
_SHADES = 48
# columns of text: the white between them in inches, the least height as a share of the page, lines in each
_GUTTER_INCHES = 0.12
_GUTTER_HEIGHT = 0.3
_COLUMN_LINES = 8
# columns are looked for at this resolution
_COARSE_DPI = 75


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in grey, ``uint8[height, width]``; ``dpi`` pixels are an inch of it."""

    grey: NDArray[np.uint8]
    dpi: float

    def blank(self) -> bool:
        """Whether there is nothing to see: of a page in one shade, but for a few specks."""
        import numpy as np

        paper = int(np.median(self.grey[::4, ::4]))
        specks = np.count_nonzero(self.grey < paper - _SHADES) + np.count_nonzero(self.grey > paper + _SHADES)
        return bool(specks < min(_SPECKS, self.grey.size // 100))

    def sample(self) -> Picture:
        """The part around the middle of what is printed: enough to see which way up the page is."""
        import numpy as np

        height, width = self.grey.shape
        side = round(_SAMPLE_INCHES * self.dpi)
        if side >= max(height, width):
            return self
        coarse = self.grey[::8, ::8]
        low, high = np.percentile(coarse, (1, 99))
        ink = np.nonzero(coarse < (float(low) + float(high)) / 2)
        if not len(ink[0]):
            return self
        top, left = (max(round(8 * float(np.median(places)) - side / 2), 0) for places in ink)
        return Picture(self.grey[top : top + side, left : left + side], self.dpi)

    def turned(self, quarters: int) -> Picture:
        """A quarter turn against the clock, ``quarters`` times."""
        import numpy as np

        if not quarters:
            return self
        return Picture(np.ascontiguousarray(np.rot90(self.grey, quarters)), self.dpi)


def columns(picture: Picture) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of the parts to be read one after the other: columns of text, what spans them apart.

    Columns are parted by white from top to bottom and filled by most of their lines; cells of a table are not.
    """
    import numpy as np

    height, width = picture.grey.shape
    step = max(round(picture.dpi / _COARSE_DPI), 1)
    if height < 4 * step or width < 4 * step:
        return [(0, 0, width, height)]
    grey = picture.grey[: height // step * step, : width // step * step]
    low, high = np.percentile(grey[::step, ::step], (1, 99))
    blocks = grey.reshape(height // step, step, width // step, step).min(axis=(1, 3))
    ink = blocks < (float(low) + float(high)) / 2
    parts = _parted(ink, 0, 0, max(round(_GUTTER_INCHES * picture.dpi / step), 2), ink.shape[0])
    return [
        (
            left * step,
            top * step,
            width if right == ink.shape[1] else right * step,
            height if bottom == ink.shape[0] else bottom * step,
        )
        for left, top, right, bottom in parts
    ]


def _parted(
    ink: NDArray[np.bool_], left: int, top: int, gutter: int, page: int
) -> list[tuple[int, int, int, int]]:
    """The parts of ``ink``, which lies at ``left``, ``top`` of a page of height ``page``; ``gutter`` is the least width."""
    import numpy as np

    height, width = ink.shape
    whole = [(left, top, left + width, top + height)]
    if height < _GUTTER_HEIGHT * page or width < 8 * gutter:
        return whole
    best: tuple[int, int, int, int] | None = None  # height, first and last row, place
    # number of inked cells from the left edge on: a strip is white where it does not grow
    grown = np.pad(np.cumsum(ink, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    for place in range(width // 5, width * 4 // 5):
        white = grown[:, place + gutter // 2 + 1] == grown[:, place - gutter // 2]
        edges = np.flatnonzero(np.diff(np.concatenate(([0], white.view(np.int8), [0]))))
        for first, last in edges.reshape(-1, 2):
            if last - first >= _GUTTER_HEIGHT * page and (best is None or last - first > best[0]):
                best = int(last - first), int(first), int(last), place
    if best is None:
        return whole
    _, first, last, place = best
    # the white may reach into a line that spans the columns
    blank = np.flatnonzero(~ink[first:last].any(axis=1))
    if len(blank):
        first, last = first + int(blank[0]), first + int(blank[-1]) + 1
    if not (_is_text(ink[first:last, :place]) and _is_text(ink[first:last, place:])):
        return whole
    parts: list[tuple[int, int, int, int]] = []
    if ink[:first].any():
        parts.append((left, top, left + width, top + first))
    parts += _parted(ink[first:last, :place], left, top + first, gutter, page)
    parts += _parted(ink[first:last, place:], left + place, top + first, gutter, page)
    if ink[last:].any():
        parts.append((left, top + last, left + width, top + height))
    return parts


def _is_text(ink: NDArray[np.bool_]) -> bool:
    """Whether lines fill the column: most of them from its left margin to its right one."""
    import numpy as np

    inked = ink.any(axis=1)
    starts = np.flatnonzero(np.diff(np.concatenate(([0], inked.view(np.int8)))) == 1)
    across = np.flatnonzero(ink.any(axis=0))
    if len(starts) < _COLUMN_LINES:
        return False
    rows = ink[inked]
    extents = rows.shape[1] - rows[:, ::-1].argmax(axis=1) - rows.argmax(axis=1)
    return bool(np.median(extents) > 0.7 * (across[-1] - across[0] + 1))
