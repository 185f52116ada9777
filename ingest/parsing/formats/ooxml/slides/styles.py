"""How text on a slide is drawn: colours and sizes that a run takes over from its shape, the layout and the master."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import CLEAR, SMALLEST, WHITE, Colour, are_near
from ingest.parsing.formats.ooxml.parts.package import Package, number
from ingest.parsing.formats.ooxml.parts.theme import drawing_colour, opacity, theme_colours
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants

_MAP = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
# the style of the master for placeholders of these types; the others have that of the body
_STYLES = {"title": "titleStyle", "ctrTitle": "titleStyle"}


@dataclass(slots=True)
class Look:
    """A slide with what it takes over: the slide, its layout and its master, from the first to the last.

    ``theme`` and ``mapping`` give the colours their values, ``background`` is that of the slide (``None``: a picture
    or anything else whose colour is not known).
    """

    sheets: list[Element]
    theme: dict[str, Colour] = field(default_factory=dict)
    mapping: dict[str, str] = field(default_factory=dict)
    background: Colour | None = WHITE

    def colour(self, holder: Element | None) -> Colour | None:
        return drawing_colour(holder, self.theme, self.mapping)

    def twins(self, shape: Element) -> Iterator[Element]:
        """The placeholders of layout and master that a shape takes its place and its style from."""
        place = placeholder(shape)
        if place is None:
            return
        kind, index = attribute(place, "type") or "body", attribute(place, "idx")
        for sheet in self.sheets[1:]:
            found = [
                (item, held) for item in descendants(sheet, "sp") if (held := placeholder(item)) is not None
            ]
            twin = next((item for item, held in found if index and attribute(held, "idx") == index), None)
            same = {
                kind,
                "title" if kind == "ctrTitle" else kind,
                "body" if kind in ("obj", "subTitle") else kind,
            }
            if twin is None or sheet is self.sheets[-1]:
                twin = next(
                    (item for item, held in found if (attribute(held, "type") or "body") in same), twin
                )
            if twin is not None:
                yield twin


def look_of(package: Package, slide: Element, part: str) -> tuple[Look, list[str]]:
    """The look of a slide, and the parts of its layout and master."""
    parts: list[str] = []
    sheets = [slide]
    for kind in ("slideLayout", "slideMaster"):
        parts += [next(package.related(parts[-1] if parts else part, kind), "")]
        root = package.xml(parts[-1]) if parts[-1] else None
        if root is None:
            parts.pop()
            break
        sheets.append(root)
    theme = next(package.related(parts[-1], "theme"), "") if parts else ""
    look = Look(sheets, theme_colours(package.xml(theme) if theme else None), dict(_MAP))
    for sheet in reversed(sheets):
        mapping = child(sheet, "clrMap")
        mapping = next(descendants(sheet, "overrideClrMapping"), None) if mapping is None else mapping
        if mapping is not None:
            look.mapping |= {str(key): str(value) for key, value in mapping.attrib.items()}
    look.background = _background(look)
    return look, parts


def _background(look: Look) -> Colour | None:
    for sheet in look.sheets:
        found = child(sheet, "cSld", "bg")
        if found is None:
            continue
        reference = child(found, "bgRef")
        if reference is not None:
            # 1001 is the plain fill of the theme; those after it are gradients and pictures
            return look.colour(reference) if number(attribute(reference, "idx")) == 1001 else None
        return look.colour(child(found, "bgPr", "solidFill"))
    return WHITE


def placeholder(shape: Element) -> Element | None:
    """The ``p:ph`` of a shape."""
    for properties in children(shape):
        found = child(properties, "nvPr", "ph")
        if found is not None:
            return found
    return None


class TextStyle:
    """How the text of one shape is drawn: the properties of a level, from the nearest to the farthest."""

    def __init__(self, look: Look, shape: Element, behind: Colour | None) -> None:
        self._look = look
        self._behind = behind
        self._lists = [child(item, "txBody", "lstStyle") for item in (shape, *look.twins(shape))]
        place = placeholder(shape)
        if place is not None:
            kind = attribute(place, "type") or "body"
            self._lists.append(child(look.sheets[-1], "txStyles", _STYLES.get(kind, "bodyStyle")))
        self._font = child(shape, "style", "fontRef")

    def levels(self, level: int) -> Iterator[Element]:
        """Paragraph properties of a level from 0."""
        for found in self._lists:
            properties = child(found, f"lvl{level + 1}pPr")
            if properties is not None:
                yield properties

    def how_hidden(self, run: Element | None, level: int) -> How | None:
        """How a run with these properties is hidden, ``None`` where it is seen."""
        holders = [run] if run is not None else []
        holders += [found for item in self.levels(level) if (found := child(item, "defRPr")) is not None]
        size = next((value for item in holders if (value := attribute(item, "sz"))), "1800")
        if number(size, 1800) / 100 < SMALLEST:
            return "size"
        for holder in holders:
            if child(holder, "noFill") is not None:
                return "transparent"
            fill = next(children(holder, "solidFill", "gradFill", "blipFill", "pattFill"), None)
            if fill is None:
                continue
            if opacity(fill) < CLEAR:
                return "transparent"
            return "colour" if are_near(self._look.colour(fill), self._on(run)) else None
        return "colour" if are_near(self._look.colour(self._font), self._on(run)) else None

    def _on(self, run: Element | None) -> Colour | None:
        marker = child(run, "highlight")
        return self._behind if marker is None else self._look.colour(marker)
