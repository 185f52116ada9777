"""Styles of an OpenDocument text: how characters look, what is behind them, and how lists are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingest.parsing.formats.colours import BLACK, CLEAR, Colour, from_hex
from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.opendocument.looks import font_faces, font_of, share, text_opacity
from ingest.parsing.formats.scripts import Script
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name

_MAX_PARENTS = 20
_LEVELS = 10
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(pt|%|in|cm|mm|px)")
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}
_MEANINGFUL = "☐☑☒✓✔✗✘"
# number formats begin with their first sign: "가, 나, 다, ..."
_KINDS = {
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "가": "ganada",
    "ㄱ": "chosung",
    "일": "koreanCounting",
    "一": "chineseCounting",
    "甲": "hanjaStems",
    "①": "decimalEnclosedCircle",
    "㉮": "koreanLetterCircle",
    "㉠": "koreanConsonantCircle",
}


@dataclass(frozen=True, slots=True)
class Characters:
    """``size`` in points; ``shade`` is the colour behind the characters, if they have one; ``font`` by its name.

    ``is_clear``: so transparent that nobody sees them.
    """

    size: float = 12.0
    colour: Colour = BLACK
    shade: Colour | None = None
    script: Script = ""
    is_struck: bool = False
    is_hidden: bool = False
    is_clear: bool = False
    font: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a numbered list; ``kind`` is a number format, empty for bullets and for levels without a number."""

    kind: str = ""
    bullet: str = "-"
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1  # levels above that are said too: 2.1.


@dataclass(slots=True)
class ListState:
    """Numbers of one list as they go on."""

    levels: dict[int, Level]
    counts: list[int] = field(default_factory=lambda: [0] * _LEVELS)

    def next(self, level: int, start: int | None = None) -> str:
        """The marker of the next item at ``level`` (from 0)."""
        level = min(level, _LEVELS - 1)
        style = self.levels.get(level, Level())
        if not style.kind:
            return style.bullet
        self.counts[level] = (
            start if start is not None else self.counts[level] + 1 if self.counts[level] else style.start
        )
        self.counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        written = []
        for upper in range(max(level - style.shown + 1, 0), level + 1):
            of = self.levels.get(upper, Level())
            if of.kind:
                written.append(counter(self.counts[upper] or of.start, of.kind))
        return f"{style.prefix}{'.'.join(written)}{style.suffix}".strip()


class Styles:
    """The styles of a document by their names."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[tuple[str, str], Element] = {}
        self._lists: dict[str, dict[int, Level]] = {}
        self.outline: dict[int, Level] = {}
        self._fonts: dict[str, str] = {}
        self._characters: dict[tuple[str, str, Characters], Characters] = {}
        for root in roots:
            self._fonts |= font_faces(root)
            for element in root.iter():
                local = name(element)
                if local in ("style", "default-style"):
                    self._styles[(attribute(element, "family") or "", attribute(element, "name") or "")] = (
                        element
                    )
                elif local == "list-style":
                    self._lists[attribute(element, "name") or ""] = _levels(element)
                elif local == "outline-style":
                    self.outline = _levels(element)

    def characters(self, family: str, style: str | None, around: Characters) -> Characters:
        """How text of ``style`` looks within text that looks like ``around``."""
        key = (family, style or "", around)
        if key not in self._characters:
            found = around
            for element in reversed(self._chain(family, style or "")):
                for properties in children(element, "text-properties"):
                    found = _changed(found, properties, around)
                    found = replace(found, font=self._fonts.get(found.font, found.font))
            if len(self._characters) > 10_000:
                self._characters.clear()
            self._characters[key] = found
        return self._characters[key]

    def ground(self, family: str, style: str | None, around: Colour | None) -> Colour | None:
        """The colour behind a paragraph or cell; ``None`` for a picture."""
        for element in self._chain(family, style or ""):
            for properties in children(element, f"{family}-properties"):
                if any(True for _ in children(properties, "background-image")) and attribute(
                    next(children(properties, "background-image")), "href"
                ):
                    return None
                colour = attribute(properties, "background-color")
                if colour and colour != "transparent":
                    return from_hex(colour)
        return around

    def fill(self, style: str | None, around: Colour | None) -> Colour | None:
        """The colour behind the text of a shape or text box that stands on ``around``.

        ``None`` for a picture or a gradient, and where no style says what fills it: shapes are blue then, boxes empty.
        """
        for element in self._chain("graphic", style or ""):
            for properties in children(element, "graphic-properties"):
                kind, colour = attribute(properties, "fill"), attribute(properties, "background-color")
                if kind == "none" or (kind is None and colour == "transparent"):
                    return around
                if kind == "solid":
                    return from_hex(attribute(properties, "fill-color") or colour)
                if kind or colour:
                    return None if kind else from_hex(colour)
        return None

    def is_row_hidden(self, row: Element) -> bool:
        return attribute(row, "visibility") in ("collapse", "filter")

    def list_levels(self, style: str | None) -> dict[int, Level] | None:
        return self._lists.get(style or "")

    def list_of_paragraph(self, style: str | None) -> str | None:
        """The list style that a paragraph style names."""
        for element in self._chain("paragraph", style or ""):
            if (found := attribute(element, "list-style-name")) is not None:
                return found
        return None

    def is_title(self, style: str | None) -> bool:
        """Whether a paragraph style is the one of the document's title, or made from it."""
        return any(
            (attribute(element, key) or "").casefold() == "title"
            for element in self._chain("paragraph", style or "")
            for key in ("name", "display-name")
        )

    def _chain(self, family: str, style: str) -> list[Element]:
        """The style and its parents, nearest first, the default last."""
        found: list[Element] = []
        key: str | None = style
        while key and len(found) < _MAX_PARENTS and (element := self._styles.get((family, key))) is not None:
            found.append(element)
            key = attribute(element, "parent-style-name")
        default = self._styles.get((family, ""))
        return [*found, default] if default is not None and family == "paragraph" else found


def _changed(look: Characters, properties: Element, around: Characters) -> Characters:
    values = {str(key).rpartition("}")[2]: str(value) for key, value in properties.attrib.items()}
    if found := _SIZE.fullmatch(values.get("font-size", "")):
        number, unit = float(found.group(1)), found.group(2)
        look = replace(look, size=around.size * number / 100 if unit == "%" else number * _POINTS[unit])
    if values.get("use-window-font-color") == "true":
        look = replace(look, colour=BLACK)
    elif (colour := from_hex(values.get("color"))) is not None:
        look = replace(look, colour=colour)
    if (font := font_of(properties)) is not None:
        look = replace(look, font=font)
    if "background-color" in values:
        look = replace(look, shade=from_hex(values["background-color"]))
    if "display" in values:
        look = replace(look, is_hidden=values["display"] == "none")
    if (opacity := text_opacity(properties)) is not None:
        look = replace(look, is_clear=share(opacity) < CLEAR)
    if position := values.get("text-position"):
        raised = position.split()[0]
        script: Script = (
            "up" if raised == "super" else "down" if raised == "sub" or raised.startswith("-") else ""
        )
        if re.fullmatch(r"\d+(?:\.\d+)?%", raised) and float(raised[:-1]) > 0:
            script = "up"
        look = replace(look, script=script)
    for key in ("text-line-through-style", "text-line-through-type"):
        if key in values:
            look = replace(look, is_struck=values[key] != "none")
    return look


def _levels(element: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in descendants(
        element, "list-level-style-number", "list-level-style-bullet", "outline-level-style"
    ):
        at = number_or(attribute(level, "level"), 1) - 1
        form = attribute(level, "num-format") or ""
        found[at] = Level(
            _KINDS.get(form[:1], "decimal") if form else "",
            # numbered levels without a format have no sign at all
            _bullet(attribute(level, "bullet-char")) if name(level) == "list-level-style-bullet" else "",
            attribute(level, "num-prefix") or "",
            attribute(level, "num-suffix") or "",
            number_or(attribute(level, "start-value"), 1),
            number_or(attribute(level, "display-levels"), 1),
        )
    return found


def _bullet(char: str | None) -> str:
    """Bullets are dashes here; boxes and check marks say something."""
    return char if char and char in _MEANINGFUL else "-"


def number_or(value: str | None, otherwise: int) -> int:
    """The number that an attribute holds, of eight digits at most; ``otherwise`` where it holds none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else otherwise


def start_value(element: Element) -> int | None:
    """The number that a list item or heading sets itself."""
    value = attribute(element, "start-value")
    return number_or(value, 1) if value is not None else None
