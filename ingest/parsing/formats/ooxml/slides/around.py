"""The parts around a slide: its notes, its comments of both kinds, and the words of its layout and master."""

from __future__ import annotations

import itertools

from ingest.parsing.formats.ooxml.parts.drawing import drawn_text, shape_paragraphs
from ingest.parsing.formats.ooxml.parts.package import Package, switched
from ingest.parsing.formats.ooxml.slides.styles import placeholder
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# placeholders of a page of notes that repeat what stands elsewhere
_NOT_NOTES = frozenset({"sldImg", "sldNum", "hdr", "ftr", "dt"})


def notes_of(package: Package, part: str) -> str:
    """The speaker's notes, a line for each paragraph; empty for none."""
    lines: list[str] = []
    for target in package.related(part, "notesSlide"):
        root = package.xml(target)
        for shape in descendants(root, "sp") if root is not None else ():
            place = placeholder(shape)
            if place is None or attribute(place, "type") not in _NOT_NOTES:
                lines += shape_paragraphs(shape)
    return "\n".join(line.strip() for line in lines)


def comments_of(package: Package, part: str) -> list[str]:
    """Comments of a slide in their order, those of new and of old programs, with their answers."""
    found: list[str] = []
    for target in package.related(part, "comments"):
        root = package.xml(target)
        for comment in descendants(root, "cm", "reply") if root is not None else ():
            found.append(_comment(comment))
    return [text for text in found if text]


def _comment(comment: Element) -> str:
    text, body = child(comment, "text"), child(comment, "txBody")
    if text is not None:
        return " ".join((text.text or "").split())
    return " ".join(drawn_text(found).strip() for found in children(body, "p")) if body is not None else ""


def shared_words(sheets: list[Element]) -> list[str]:
    """Words that a layout and a master put on their slides, without placeholders, whose words are prompts.

    ``sheets`` are the slide, its layout and its master; each of them may switch off those after it.
    """
    found: list[str] = []
    for sheet, below in itertools.pairwise(sheets):
        if not switched(attribute(sheet, "showMasterSp"), True):
            break
        tree = child(below, "cSld", "spTree")
        for shape in descendants(tree, "sp") if tree is not None else ():
            if placeholder(shape) is None and name(shape) == "sp":
                found += shape_paragraphs(shape)
    return found
