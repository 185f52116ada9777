"""The paragraphs of a shape on a slide, with the automatic numbers before them."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.text.hidden import How
from ingest.parsing.formats.ooxml.parts.drawing import drawn_text
from ingest.parsing.formats.ooxml.parts.package import number
from ingest.parsing.formats.ooxml.slides.numbers import SlideNumbers
from ingest.parsing.formats.ooxml.slides.styles import TextStyle
from ingest.parsing.xml_tree import Element, attribute, child, children, name


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is seen of a paragraph: its text, its level from 0, and its number as shown, or empty."""

    text: str
    level: int = 0
    label: str = ""


def read_paragraphs(body: Element | None, style: TextStyle, hidden: list[tuple[str, How]]) -> list[Paragraph]:
    """The paragraphs of a ``txBody`` that have words; those that nobody sees go to ``hidden``."""
    found: list[Paragraph] = []
    numbers = SlideNumbers()
    for element in children(body, "p") if body is not None else ():
        properties = child(element, "pPr")
        level = min(max(number(attribute(properties, "lvl") if properties is not None else None), 0), 8)
        before = len(hidden)
        text = drawn_text(element, lambda run, at=level: style.how_hidden(run, at), hidden)  # type: ignore[misc]
        if not text.strip() and len(hidden) == before:
            continue  # nothing stands in it, and it has no number
        label = _label(properties, style, level, numbers)
        if text.strip():
            found.append(Paragraph(text, level, label))
    return found


def _label(properties: Element | None, style: TextStyle, level: int, numbers: SlideNumbers) -> str:
    numbered = _numbered(properties, style, level)
    if numbered is None:
        return numbers.next(level, None)
    return numbers.next(
        level, attribute(numbered, "type") or "arabicPeriod", number(attribute(numbered, "startAt"), 1)
    )


def _numbered(properties: Element | None, style: TextStyle, level: int) -> Element | None:
    for holder in (properties, *style.levels(level)):
        for bullet in (
            children(holder, "buAutoNum", "buNone", "buChar", "buBlip") if holder is not None else ()
        ):
            return bullet if name(bullet) == "buAutoNum" else None
    return None
