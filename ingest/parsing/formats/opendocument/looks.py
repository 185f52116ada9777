"""OpenDocument styles: colour, size and height of text, what fills a cell or shape, what is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import CLEAR, Colour, from_hex, unseen
from ingest.parsing.formats.scripts import Level
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name

_LENGTH = re.compile(r"(-?\d{1,7}(?:\.\d{1,9})?)(pt|cm|mm|in|pc|px)?")
_POINTS = {"pt": 1.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72.0, "pc": 12.0, "px": 0.75, None: 1.0}
# styles that name each other as parents; real ones do so ten times at most
_MAX_PARENTS = 50


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says, ``None`` where it says nothing.

    Attributes:
        colour: of text. ``is_automatic`` where it follows what is behind it.
        size: of text, in points.
        height: ``super`` or ``sub``, or per cent of the line (``33%``), as written.
        ground: the colour behind text, a cell or a paragraph; ``transparent`` where there is none.
        fill: what fills a shape, a cell or a slide: ``solid``, ``none``, ``gradient``, ... It counts before ``ground``.
        fill_colour, fill_opacity: of that fill.
        display: ``none`` where text, a sheet or a slide is switched off.
        font: its name. ``struck``: the line through text, ``none`` for none.
        opacity: of text, in per cent.
    """

    colour: str | None = None
    is_automatic: str | None = None
    size: str | None = None
    height: str | None = None
    ground: str | None = None
    fill: str | None = None
    fill_colour: str | None = None
    fill_opacity: str | None = None
    display: str | None = None
    font: str | None = None
    struck: str | None = None
    opacity: str | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, else the one below it."""
        return Look(
            colour=self.colour or below.colour,
            is_automatic=self.is_automatic or below.is_automatic,
            size=_points_of(self.size, below.size),
            height=self.height or below.height,
            ground=self.ground or below.ground,
            # a marker behind words counts before the fill of the shape that they stand in
            fill=self.fill or (None if self.ground else below.fill),
            fill_colour=self.fill_colour or below.fill_colour,
            fill_opacity=self.fill_opacity or below.fill_opacity,
            display=self.display or below.display,
            font=self.font or below.font,
            struck=self.struck or below.struck,
            opacity=self.opacity or below.opacity,
        )

    @property
    def is_struck(self) -> bool:
        return self.struck not in (None, "none")

    @property
    def level(self) -> Level:
        """1 for raised text, -1 for lowered."""
        place = (self.height or "").split(" ")[0]
        if place == "super" or (place.rstrip("%").isdigit() and place.rstrip("%").strip("0")):
            return 1
        return -1 if place == "sub" or place.startswith("-") else 0

    @property
    def says_fill(self) -> bool:
        """Whether a style says what is behind, be it nothing."""
        return self.fill is not None or self.ground is not None

    @property
    def is_filled(self) -> bool:
        if self.fill is None:
            return self.ground not in (None, "none", "transparent")
        return self.fill != "none" and share(self.fill_opacity) > 0

    @property
    def is_opaque(self) -> bool:
        """Whether it is filled with one colour through which nothing is seen."""
        return self.is_filled and self.filling is not None

    @property
    def filling(self) -> Colour | None:
        """The colour of the fill; ``None`` for a picture, a gradient and what is seen through."""
        if self.fill is None:
            return from_hex(self.ground)
        return from_hex(self.fill_colour) if self.fill == "solid" and share(self.fill_opacity) == 1 else None

    def background(self, behind: Colour | None) -> Colour | None:
        """The colour that this look puts before ``behind``; ``None`` where it cannot be known."""
        return self.filling if self.is_filled else behind

    def hides(self, behind: Colour | None) -> How | None:
        """Why nobody sees text of this look before ``behind``."""
        if self.display in ("none", "true"):
            return "marked"
        if share(self.opacity) < CLEAR:
            return "transparent"
        automatic = self.is_automatic == "true" or self.colour is None
        return unseen(None if automatic else from_hex(self.colour), behind, length(self.size))


@dataclass(slots=True)
class Looks:
    """Styles by family and name, from any number of parts."""

    _styles: dict[tuple[str, str], Element] = field(default_factory=dict)
    _known: dict[tuple[str, str], Look] = field(default_factory=dict)
    _defaults: dict[str, Look] = field(default_factory=dict)
    _fonts: dict[str, str] = field(default_factory=dict)

    def add(self, root: Element | None) -> None:
        if root is not None:
            self._fonts |= font_faces(root)
        for style in descendants(root, "style", "default-style") if root is not None else ():
            family = attribute(style, "family") or ""
            if name := attribute(style, "name"):
                self._styles[family, name] = style
            else:
                self._defaults[family] = _said(style)

    def of(self, family: str, name: str | None) -> Look:
        """What a style and its parents say."""
        key = family, name or ""
        if key not in self._known:
            found, seen = Look(), 0
            while (style := self._styles.get((family, name or ""))) is not None and seen < _MAX_PARENTS:
                found, seen = found.over(_said(style)), seen + 1
                name = attribute(style, "parent-style-name")
            found = found.over(self._defaults.get(family, Look()))
            self._known[key] = replace(found, font=self._fonts.get(found.font or "", found.font))
        return self._known[key]

    def element(self, family: str, name: str | None) -> Element | None:
        return self._styles.get((family, name or ""))


def length(text: str | None) -> float | None:
    """Points of ``2.5cm``; ``None`` for per cent and nonsense."""
    found = _LENGTH.fullmatch(text or "")
    return float(found.group(1)) * _POINTS[found.group(2)] if found else None


def text_opacity(properties: Element) -> str | None:
    """How opaque text is said to be, in per cent; ``None`` where nothing is said.

    Beside the automatic colour LibreOffice writes 0 %, and paints the text all the same.
    """
    is_automatic = attribute(properties, "use-window-font-color") == "true"
    return "100%" if is_automatic else attribute(properties, "opacity")


def share(text: str | None) -> float:
    """0.5 of ``50%``; 1 where nothing is said."""
    digits = (text or "").removesuffix("%")
    return float(digits) / 100 if len(digits) <= 6 and digits.replace(".", "", 1).isdigit() else 1.0


def font_faces(root: Element) -> dict[str, str]:
    """The font behind each name of a document's own: ``Wingdings1`` is Wingdings with other properties."""
    return {
        attribute(face, "name") or "": (attribute(face, "font-family") or "").strip("'\"")
        for face in descendants(root, "font-face")
    }


def font_of(part: Element) -> str | None:
    """The name of the font that ``text-properties`` say."""
    return attribute(part, "font-name") or (attribute(part, "font-family") or "").strip("'\"") or None


def _points_of(own: str | None, below: str | None) -> str | None:
    """A size in per cent is of the size below."""
    points = length(below)
    if own is None or not own.endswith("%"):
        return own or below
    share = own.rstrip("%")
    if points is None or not share.replace(".", "", 1).isdigit() or len(share) > 6:
        return below
    return f"{points * float(share) / 100:.2f}pt"


def _said(style: Element) -> Look:
    found = Look()
    for part in _properties(style):
        is_text = name(part) == "text-properties"
        found = replace(
            Look(
                colour=attribute(part, "color"),
                is_automatic=attribute(part, "use-window-font-color"),
                size=attribute(part, "font-size"),
                height=attribute(part, "text-position"),
                ground=attribute(part, "background-color"),
                fill=attribute(part, "fill"),
                fill_colour=attribute(part, "fill-color"),
                fill_opacity=None if is_text else attribute(part, "opacity"),
                display=_display(part),
                font=font_of(part),
                struck=attribute(part, "text-line-through-style")
                or attribute(part, "text-line-through-type"),
                opacity=text_opacity(part) if is_text else None,
            ).over(found)
        )
    return found


def _display(part: Element) -> str | None:
    """``none`` for what is switched off: text, a sheet, a slide; in the words of each."""
    if attribute(part, "visibility") == "hidden":
        return "none"
    value = attribute(part, "display")
    return "none" if value in ("none", "false") else None if value in (None, "true") else value


def _properties(style: Element) -> Iterable[Element]:
    return children(
        style,
        "text-properties",
        "paragraph-properties",
        "table-cell-properties",
        "table-properties",
        "graphic-properties",
        "drawing-page-properties",
    )
