"""Finds a passage of the stored text among the characters of pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.viewing.align import Letters, align, letters, word_spans
from ingest.viewing.boxes import CharBox, Sides, line_boxes

_MAX_BOXES = 500
# a stretch of fewer letters on the next page is chance
_FEW = 3


class CharacterPage(Protocol):
    """A page of characters: printed ones, or those that OCR read."""

    number: int
    text: str
    size: tuple[float, float]

    def boxes(self, orders: Iterable[int]) -> list[CharBox]:
        """Of these characters of ``text``, those that can be seen; within ``size``, from the top left."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a passage stands.

    Attributes:
        located: share of its letters that were found and can be seen, 0..1.
        pages: numbers of the pages that have any.
        boxes: for each span, those on the shown page: left, top, right, bottom, each 0..1 of it.
    """

    located: float
    pages: tuple[int, ...]
    boxes: tuple[tuple[Sides, ...], ...]


def find(text: str, spans: Sequence[tuple[int, int]], pages: Sequence[CharacterPage], shown: int) -> Found:
    """Looks for ``spans`` of ``text``; the first is the passage, the others are sentences of it.

    Args:
        text: a stretch of the stored text, from the beginning of the first page on.
        pages: those on which the passage may stand, in order.
        shown: number of the page whose boxes are wanted.
    """
    wanted = letters(text)
    printed = letters("\n".join(page.text for page in pages))
    places = align(wanted.text, printed.text, word_spans(text, wanted))
    total = len(_letters_in(wanted, spans[0]))
    start = 0
    located = 0
    numbers: list[int] = []
    found: list[tuple[Sides, ...]] = [() for _ in spans]
    for page in pages:
        # printed characters of this page, for each letter that stands on it
        on_page = {
            at: printed.places[place] - start
            for at, place in enumerate(places)
            if place >= 0 and 0 <= printed.places[place] - start < len(page.text)
        }
        passage, *_ = letters_of = [_on_page(wanted, span, on_page) for span in spans]
        seen = {box.order for box in page.boxes(sorted(set(passage)))}
        visible = sum(order in seen for order in passage)
        located += visible
        if visible and visible >= min(_FEW, total):
            numbers.append(page.number)
        if page.number == shown:
            found = [_fractions(page, sorted(set(orders))) for orders in letters_of]
        start += len(page.text) + 1
    return Found(located / total if total else 0.0, tuple(numbers), tuple(found))


def _letters_in(found: Letters, span: tuple[int, int]) -> list[int]:
    return [at for at, place in enumerate(found.places) if span[0] <= place < span[1]]


def _on_page(found: Letters, span: tuple[int, int], on_page: dict[int, int]) -> list[int]:
    """For each letter of ``span`` that stands on the page, which of its characters it is."""
    return [on_page[at] for at in _letters_in(found, span) if at in on_page]


def _fractions(page: CharacterPage, orders: Sequence[int]) -> tuple[Sides, ...]:
    width, height = page.size
    found = []
    for box in line_boxes(page.boxes(orders))[:_MAX_BOXES]:
        sides = (box.left / width, box.top / height, box.right / width, box.bottom / height)
        left, top, right, bottom = (round(min(max(side, 0.0), 1.0), 5) for side in sides)
        if left < right and top < bottom:
            found.append((left, top, right, bottom))
    return tuple(found)
