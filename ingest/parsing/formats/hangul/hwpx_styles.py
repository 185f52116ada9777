"""What ``header.xml`` of a HWPX file says of its paragraphs and characters: outline, numbers, colours, sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.parsing.archive import Archive
from ingest.parsing.formats.colours import BLACK, Colour, from_hex
from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.scripts import Script
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name, parse_xml

# style names of headings: "개요 1" is what Hangul calls outline level 1
_OUTLINE = re.compile(r"(?:개요|제목|title|outline|heading)\s*(\d+)?", re.I)
# those of the title of a document
_TITLES = frozenset({"제목", "title"})
_LEVELS = 10
# names of formats, by those in ``numbering``
_KINDS = {
    "CIRCLED_DIGIT": "decimalEnclosedCircle",
    "ROMAN_CAPITAL": "upperRoman",
    "ROMAN_SMALL": "lowerRoman",
    "LATIN_CAPITAL": "upperLetter",
    "LATIN_SMALL": "lowerLetter",
    "CIRCLED_LATIN_CAPITAL": "upperLetterCircle",
    "CIRCLED_LATIN_SMALL": "lowerLetterCircle",
    "HANGUL_SYLLABLE": "ganada",
    "CIRCLED_HANGUL_SYLLABLE": "koreanLetterCircle",
    "HANGUL_JAMO": "chosung",
    "CIRCLED_HANGUL_JAMO": "koreanConsonantCircle",
    "HANGUL_PHONETIC": "koreanCounting",
    "IDEOGRAPH": "chineseCounting",
    "CIRCLED_IDEOGRAPH": "ideographEnclosedCircle",
    "DECAGON_CIRCLE": "koreanStems",
    "DECAGON_CIRCLE_HANJA": "hanjaStems",
}


@dataclass(frozen=True, slots=True)
class Characters:
    """``size`` in hundredths of a point; ``shade`` is the colour behind the characters, if they have one."""

    size: int = 1_000
    colour: Colour | None = BLACK
    shade: Colour | None = None
    script: Script = ""
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """``kind`` of the paragraph's head: ``NONE``, ``NUMBER``, ``OUTLINE`` or ``BULLET``; ``level`` from 0."""

    kind: str = "NONE"
    reference: str = ""
    level: int = 0
    fill: str = ""


@dataclass(slots=True)
class Numbering:
    """The heads of one numbered list: for each level its pattern (``제^1조``), format and first number."""

    patterns: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    counts: list[int] = field(default_factory=lambda: [0] * _LEVELS)

    def next(self, level: int) -> str:
        """The head of the next paragraph at ``level`` (from 0)."""
        level = min(max(level, 0), _LEVELS - 1)
        for upper in range(level):
            self.counts[upper] = self.counts[upper] or self._first(upper)
        self.counts[level] = self.counts[level] + 1 if self.counts[level] else self._first(level)
        self.counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        pattern = self.patterns.get(level, (f"^{level + 1}.", "DIGIT", 1))[0]
        pattern = pattern.replace("^n", f"^{level + 1}").replace("^N", f"^{level + 1}")
        return re.sub(r"\^(\d)", lambda found: self._written(int(found.group(1)) - 1), pattern).strip()

    def _first(self, level: int) -> int:
        return self.patterns.get(level, ("", "DIGIT", 1))[2]

    def _written(self, level: int) -> str:
        if not 0 <= level < _LEVELS:
            return ""
        number = self.counts[level] or self._first(level)
        return counter(number, _KINDS.get(self.patterns.get(level, ("", "DIGIT", 1))[1], "decimal"))


@dataclass(slots=True)
class Styles:
    """By the ids by which sections refer to them."""

    headings: dict[str, int] = field(default_factory=dict)  # style -> level of its heading
    titles: set[str] = field(default_factory=set)
    of_style: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # style -> its paragraphs and characters
    characters: dict[str, Characters] = field(default_factory=dict)
    paragraphs: dict[str, Paragraphs] = field(default_factory=dict)
    fills: dict[str, Colour | None] = field(default_factory=dict)  # None for pictures and gradients
    numberings: dict[str, Numbering] = field(default_factory=dict)
    bullets: dict[str, str] = field(default_factory=dict)


def read_styles(archive: Archive) -> Styles:
    """All of them; a file without ``header.xml`` has none."""
    styles = Styles()
    data = archive.read_if_present("Contents/header.xml")
    for element in parse_xml(data).iter() if data else ():
        key, local = attribute(element, "id") or "", name(element)
        if local == "style":
            label = attribute(element, "name") or attribute(element, "engName") or ""
            if match := _OUTLINE.fullmatch(label.strip()):
                styles.headings[key] = int(match.group(1) or 1)
            if label.strip().casefold() in _TITLES:
                styles.titles.add(key)
            styles.of_style[key] = (
                attribute(element, "paraPrIDRef") or "",
                attribute(element, "charPrIDRef") or "",
            )
        elif local == "charPr":
            styles.characters[key] = _characters(element)
        elif local == "paraPr":
            styles.paragraphs[key] = _paragraphs(element)
        elif local == "borderFill":
            brush = next(descendants(element, "winBrush"), None)
            is_plain = brush is not None and fill_of(element) is not None
            if is_plain or next(descendants(element, "gradation", "imgBrush"), None) is not None:
                styles.fills[key] = fill_of(element)
        elif local == "numbering":
            styles.numberings[key] = Numbering(
                {
                    _whole(attribute(head, "level"), 1) - 1: (
                        "".join(head.itertext()),
                        attribute(head, "numFormat") or "DIGIT",
                        _whole(attribute(head, "start"), 1),
                    )
                    for head in children(element, "paraHead")
                }
            )
        elif local == "bullet":
            styles.bullets[key] = attribute(element, "char") or "-"
    return styles


def fill_of(element: Element) -> Colour | None:
    """The plain colour that fills ``element``; ``None`` for pictures, gradients and no fill."""
    brush = next(descendants(element, "winBrush"), None)
    return from_hex(attribute(brush, "faceColor")) if brush is not None else None


def _characters(element: Element) -> Characters:
    inner = {name(found): found for found in children(element)}
    script: Script = (
        "up" if "supscript" in inner or "superscript" in inner else "down" if "subscript" in inner else ""
    )
    strike = attribute(inner["strikeout"], "shape") if "strikeout" in inner else None
    return Characters(
        _whole(attribute(element, "height"), 1_000),
        from_hex(attribute(element, "textColor")) or BLACK,
        from_hex(attribute(element, "shadeColor")),
        script,
        (strike or "NONE").upper() not in ("NONE", "3D"),
    )


def _paragraphs(element: Element) -> Paragraphs:
    head = next(descendants(element, "heading"), None)
    border = next(descendants(element, "border"), None)
    fill = (attribute(border, "borderFillIDRef") or "") if border is not None else ""
    if head is None:
        return Paragraphs(fill=fill)
    return Paragraphs(
        (attribute(head, "type") or "NONE").upper(),
        attribute(head, "idRef") or "",
        _whole(attribute(head, "level"), 0),
        fill,
    )


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else otherwise
