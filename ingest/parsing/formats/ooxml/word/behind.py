"""Pictures behind the text of a Word document: the colour behind the words near them is not known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from ingest.parsing.formats.ooxml.parts.package import number, truth
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# paragraphs before and after the one that holds the picture: a page of A4 has 60 lines at most in 11 points
_PAGE = 60
# EMU; a picture lower or narrower than a line of 12 points has no words before it
_LINE = 152_400


def paragraphs_on_pictures(body: Element) -> frozenset[Element]:
    """The paragraphs on the page of a picture behind the text, as far as the file tells where pages begin."""
    paragraphs = _paragraphs(body)
    holders = [place for place, found in enumerate(paragraphs) if _holds_picture(found)]
    breaks = [place for place, found in enumerate(paragraphs) if _breaks_page(found)] if holders else []
    covered: set[int] = set()
    for place in holders:
        # a paragraph with a break is on both pages
        before, after = bisect_left(breaks, place), bisect_right(breaks, place)
        first = max(breaks[before - 1] if before else 0, place - _PAGE)
        last = min(breaks[after] if after < len(breaks) else len(paragraphs) - 1, place + _PAGE)
        covered.update(range(first, last + 1))
    return frozenset(paragraphs[place] for place in covered)


def _paragraphs(body: Element) -> list[Element]:
    """Those of the body and of its tables, in order, without those of text boxes."""
    found: list[Element] = []
    pending = [body]
    while pending:
        element = pending.pop()
        if name(element) == "p":
            found.append(element)
        else:
            pending += reversed(list(children(element)))
    return found


def _holds_picture(paragraph: Element) -> bool:
    return any(
        truth(anchor, "behindDoc", default=False) and _is_large(child(anchor, "extent"))
        for anchor in descendants(paragraph, "anchor")
    )


def _is_large(extent: Element | None) -> bool:
    if extent is None:
        return True
    return min(number(attribute(extent, side), _LINE) for side in ("cx", "cy")) >= _LINE


def _breaks_page(paragraph: Element) -> bool:
    if truth(child(paragraph, "pPr", "pageBreakBefore")):
        return True
    return any(
        name(found) == "lastRenderedPageBreak" or attribute(found, "type") == "page"
        for found in descendants(paragraph, "lastRenderedPageBreak", "br")
    )
