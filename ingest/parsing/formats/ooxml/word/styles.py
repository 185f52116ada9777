"""Styles of a Word document: what a paragraph's style means, and how a run's words are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour, from_hex, unseen
from ingest.parsing.formats.ooxml.parts.package import number, truth
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# what run properties say, as far as it matters here: see ``run_properties``
Drawn: TypeAlias = dict[str, Any]

_HEADING_STYLE = re.compile(r"(?:heading|제목|überschrift|titre|título)\s*([1-9])", re.I)
_TITLE_STYLES = {"title": 1, "subtitle": 2}
_CODE_STYLE = re.compile(
    r"(?:source ?|code ?)?(?:code|block|listing)|code ?(?:text|char)?|(?:html )?preformatted(?: text)?|macro text",
    re.I,
)
_HIGHLIGHTS = {
    "black": (0, 0, 0), "blue": (0, 0, 255), "cyan": (0, 255, 255), "green": (0, 255, 0), "magenta": (255, 0, 255),
    "red": (255, 0, 0), "yellow": (255, 255, 0), "white": (255, 255, 255), "darkBlue": (0, 0, 139),
    "darkCyan": (0, 139, 139), "darkGreen": (0, 100, 0), "darkMagenta": (139, 0, 139), "darkRed": (139, 0, 0),
    "darkYellow": (128, 128, 0), "darkGray": (169, 169, 169), "lightGray": (211, 211, 211),
}  # fmt: skip
# percent: letters are drawn as thin lines below it
_NARROWEST = 10
_TRANSPARENT = 95_000  # of 100,000


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph style means: a heading's level (0 for none), code, its list and level, and how it draws."""

    heading: int = 0
    is_title: bool = False
    code: bool = False
    list_id: str = ""
    list_level: int | None = None
    drawn: Drawn = field(default_factory=dict)
    shade: Drawn = field(default_factory=dict)


class Styles:
    """The styles part; each style is looked up once, along ``basedOn``."""

    def __init__(self, root: Element | None) -> None:
        found = list(children(root, "style")) if root is not None else []
        self._elements = {attribute(style, "styleId") or "": style for style in found}
        self._paragraphs: dict[str, ParagraphStyle] = {}
        self._runs: dict[str, Drawn] = {}
        self._tables: dict[str, bool] = {}
        self._default = next(
            (
                attribute(style, "styleId") or ""
                for style in found
                if attribute(style, "type") == "paragraph" and truth(style, "default", default=False)
            ),
            "",
        )
        defaults = child(root, "docDefaults", "rPrDefault", "rPr")
        self._defaults = run_properties(defaults)

    def paragraph(self, identifier: str | None) -> ParagraphStyle:
        key = identifier if identifier and identifier in self._elements else self._default
        if key not in self._paragraphs:
            self._paragraphs[key] = self._read(key)
        return self._paragraphs[key]

    def run(self, identifier: str | None) -> Drawn:
        """How a character style draws; empty for none."""
        key = identifier or ""
        if key not in self._runs:
            found: Drawn = {}
            for style in reversed(self._chain(key)):
                found |= run_properties(child(style, "rPr"))
            self._runs[key] = found
        return self._runs[key]

    def paints_tables(self, identifier: str | None) -> bool:
        """Whether a table style shades cells: some of them, so that no cell's background is known for sure."""
        key = identifier or ""
        if key not in self._tables:
            self._tables[key] = any(
                next(descendants(style, "shd"), None) is not None for style in self._chain(key)
            )
        return self._tables[key]

    def _chain(self, key: str) -> list[Element]:
        """The style and those that it is based on."""
        found: list[Element] = []
        seen: set[str] = set()
        while key in self._elements and key not in seen:
            seen.add(key)
            found.append(self._elements[key])
            key = value_of(child(found[-1], "basedOn")) or ""
        return found

    def _read(self, key: str) -> ParagraphStyle:
        chain = self._chain(key)
        means = next((style for style in chain if any(_meaning(style))), None)
        heading, code = (0, False) if means is None else _meaning(means)
        is_title = means is not None and _name(means) == "title"
        drawn, shade = dict(self._defaults), {}  # type: Drawn, Drawn
        for style in reversed(chain):
            drawn |= run_properties(child(style, "rPr"))
            shade |= shading(child(style, "pPr", "shd"))
        list_id, level = self._list(chain)
        return ParagraphStyle(heading, is_title, code, list_id, level, drawn, shade)

    def _list(self, chain: list[Element]) -> tuple[str, int | None]:
        list_id, level = "", None
        for style in chain:
            numbering = child(style, "pPr", "numPr")
            given = value_of(child(numbering, "ilvl"))
            level = number(given) if level is None and given is not None else level
            if found := value_of(child(numbering, "numId")):
                return ("" if found == "0" else found), level
        return list_id, level

    def linked_styles(self, identifier: str | None) -> list[str]:
        """The style and those that it is based on, by their ids: any of them may name a level of a list."""
        return [attribute(style, "styleId") or "" for style in self._chain(identifier or self._default)]


def _name(style: Element) -> str:
    return (value_of(child(style, "name")) or "").strip().lower()


def _meaning(style: Element) -> tuple[int, bool]:
    label = _name(style)
    if match := _HEADING_STYLE.fullmatch(label):
        return int(match.group(1)), False
    if label in _TITLE_STYLES:
        return _TITLE_STYLES[label], False
    return outline_level(child(style, "pPr")), bool(_CODE_STYLE.fullmatch(label))


def outline_level(properties: Element | None) -> int:
    """1-9 for an outline level, 0 for body text."""
    value = value_of(child(properties, "outlineLvl"))
    return int(value) + 1 if value is not None and value.isdecimal() and int(value[:3]) < 9 else 0


def value_of(element: Element | None) -> str | None:
    return attribute(element, "val") if element is not None else None


def run_properties(properties: Element | None) -> Drawn:
    """What an ``rPr`` says: ``vanish``, ``web`` (hidden in the web view), ``colour`` (``None``: automatic), ``size``
    in points, ``level`` (1 raised, -1 lowered), ``strike`` and ``dstrike`` (struck through), ``font``, ``clear`` (transparent), ``width`` in percent, and ``shade``.
    """
    found: Drawn = {}
    for element in children(properties) if properties is not None else ():
        value = value_of(element)
        match name(element):
            case "vanish":
                found["vanish"] = truth(element)
            case "webHidden":
                found["web"] = truth(element)
            case "strike" | "dstrike" as line:
                found[line] = truth(element)
            case "color":
                found["colour"] = from_hex(value)
            case "sz":
                found["size"] = number(value, 22) / 2
            case "vertAlign":
                found["level"] = {"superscript": 1, "subscript": -1}.get(value or "", 0)
            case "position":
                found["position"] = number(value) / 2
            case "rFonts":
                if font := attribute(element, "ascii") or attribute(element, "hAnsi"):
                    found["font"] = font
            case "w":
                found["width"] = number((value or "").rstrip("%"), 100)
            case "textFill":
                found["clear"] = _is_clear(element)
            case "shd":
                found |= shading(element)
            case "highlight":
                if value in _HIGHLIGHTS:
                    found["shade"] = _HIGHLIGHTS[value]
                elif value == "none":
                    found.pop("shade", None)
    return found


def _is_clear(fill: Element) -> bool:
    if child(fill, "noFill") is not None:
        return True
    # here the value is the transparency, not the opacity
    return any(number(attribute(alpha, "val")) >= _TRANSPARENT for alpha in descendants(fill, "alpha"))


def shading(element: Element | None) -> Drawn:
    """``{"shade": colour}`` of a ``w:shd``, ``None`` as colour for a pattern of two; empty where nothing is shaded."""
    if element is None:
        return {}
    pattern, fill = value_of(element) or "clear", attribute(element, "fill")
    if pattern not in ("clear", "nil"):
        return {"shade": from_hex(attribute(element, "color")) if pattern == "solid" else None}
    colour = from_hex(fill)
    return {} if colour is None or pattern == "nil" else {"shade": colour}


def how_hidden(drawn: Drawn, behind: Colour | None) -> How | None:
    """How a run is hidden on a background (``None``: not known), ``None`` where it is seen."""
    if drawn.get("vanish"):
        return "marked"
    if drawn.get("width", 100) < _NARROWEST:
        return "size"
    if drawn.get("clear"):
        return "transparent"
    if "shade" in drawn:
        behind = drawn["shade"]
    # an automatic colour turns white on dark by itself
    return unseen(drawn.get("colour"), behind, drawn.get("size"))


def raised(drawn: Drawn) -> int:
    """1 for a raised run, -1 for a lowered one; one that is moved counts where it is small, too."""
    if level := drawn.get("level"):
        return int(level)
    shift = drawn.get("position", 0)
    if abs(shift) >= 2 and drawn.get("size", 11.0) <= 8:
        return 1 if shift > 0 else -1
    return 0
