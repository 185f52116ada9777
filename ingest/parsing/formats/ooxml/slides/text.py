"""The paragraphs of a shape on a slide, with the automatic numbers before them."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.text.hidden import How
from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.ooxml.parts.drawing import drawn_text
from ingest.parsing.formats.ooxml.parts.package import number
from ingest.parsing.formats.ooxml.slides.styles import TextStyle
from ingest.parsing.xml_tree import Element, attribute, child, children, name

_FORMS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabicDb": "decimalFullWidth",
    "circleNumDb": "decimalEnclosedCircle",
    "circleNumWdWhite": "decimalEnclosedCircle",
    "circleNumWdBlack": "decimalEnclosedCircle",
    "ea1Chs": "chineseCounting",
    "ea1Cht": "chineseCounting",
    "ea1JpnKor": "chineseCounting",
    "ea1JpnChsDb": "chineseCounting",
}
_ENDS = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Plain": "{}", "Minus": "{}-"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is seen of a paragraph: its text, its level from 0, and its number as shown, or empty."""

    text: str
    level: int = 0
    label: str = ""


def read_paragraphs(body: Element | None, style: TextStyle, hidden: list[tuple[str, How]]) -> list[Paragraph]:
    """The paragraphs of a ``txBody`` that have words; those that nobody sees go to ``hidden``."""
    found: list[Paragraph] = []
    counts: dict[int, tuple[str, int]] = {}
    for element in children(body, "p") if body is not None else ():
        properties = child(element, "pPr")
        level = min(max(number(attribute(properties, "lvl") if properties is not None else None), 0), 8)
        text = drawn_text(element, lambda run, at=level: style.how_hidden(run, at), hidden)  # type: ignore[misc]
        if text.strip():
            found.append(Paragraph(text, level, _label(properties, style, level, counts)))
    return found


def _label(
    properties: Element | None, style: TextStyle, level: int, counts: dict[int, tuple[str, int]]
) -> str:
    """The next number at this level; a paragraph without one ends the count of its level and those below."""
    numbered = _numbered(properties, style, level)
    for deeper in [place for place in counts if place > level]:
        del counts[deeper]
    if numbered is None:
        counts.pop(level, None)
        return ""
    kind, start = attribute(numbered, "type") or "arabicPeriod", number(attribute(numbered, "startAt"), 1)
    key = f"{kind} {start}"
    before = counts.get(level)
    value = before[1] + 1 if before is not None and before[0] == key else start
    counts[level] = key, value
    end = next((end for end in _ENDS if kind.endswith(end)), "Period")
    return _ENDS[end].format(counter(value, _FORMS.get(kind.removesuffix(end), "decimal")))


def _numbered(properties: Element | None, style: TextStyle, level: int) -> Element | None:
    for holder in (properties, *style.levels(level)):
        for bullet in (
            children(holder, "buAutoNum", "buNone", "buChar", "buBlip") if holder is not None else ()
        ):
            return bullet if name(bullet) == "buAutoNum" else None
    return None
