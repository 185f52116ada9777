"""Whether a reader sees the text of an element: what its style and that of the elements around it come to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from tinycss2.color4 import parse_color

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import BLACK, WHITE, Colour, are_near, over
from ingest.parsing.formats.web.styles import Declared, Sheet, inline
from ingest.parsing.xml_tree import Element, name

_TINY = 2.7  # CSS pixels: two points
# farther than this from its place, in CSS pixels, it is beyond any screen
_FAR = 900
_PX = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "vw": 12.0,
    "vh": 8.0,
}
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
          "xx-large": 32.0, "xxx-large": 48.0}  # fmt: skip
_FOR_EARS = re.compile(
    r"(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|assistive-text|a11y-hidden|u-hidden-visually|hide-visually|element-invisible)",
    re.I,
)
_COLOURING = frozenset({"bgcolor", "color", "background", "text"})
_EMPTY_CLIP = re.compile(
    r"inset\((?:50|[6-9]\d|100)%|circle\(0|polygon\(0(?:px|%)? 0(?:px|%)?(?:, ?0(?:px|%)? 0(?:px|%)?)*\)"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of an element looks. Colours that cannot be known (a picture behind it, a variable) are ``None``.

    Attributes:
        gone: why it is not painted, whatever the elements in it say; else ``None``.
        visible: ``visibility``, which an element may switch on again.
        size: of the font, in CSS pixels.
        own_colour: whether the page itself gives the text its colour, in a ``style`` or ``color`` attribute.
        unsure: whether a sheet that is not here may have painted the ground.
    """

    gone: How | None = None
    visible: bool = True
    size: float = 16.0
    colour: tuple[int, int, int, float] | None = (*BLACK, 1.0)
    ground: Colour | None = WHITE
    own_colour: bool = False
    unsure: bool = False

    @property
    def hidden(self) -> How | None:
        """Why nobody sees text that stands here; ``None`` where it is seen."""
        if self.gone or not self.visible:
            return self.gone or "marked"
        if self.size < _TINY:
            return "size"
        if self.colour is None:
            return None
        if self.colour[3] < 0.1:
            return "transparent"
        if self.unsure and not self.own_colour:
            return None
        return "colour" if are_near(over(self.colour, self.ground), self.ground) else None


PAGE = Look()


def look_of(element: Element, around: Look, sheet: Sheet, shown: frozenset[str] = frozenset()) -> Look:
    """The look of ``element`` in an element that looks like ``around``.

    ``shown`` holds the ids of parts that a control of the page opens: whatever hides those is no hiding.
    """
    if around.gone:
        return around
    classes = element.get("class")
    declared = sheet.declared(element)
    opened = bool(shown) and element.get("id") in shown
    if not opened and (how := _marked(element, declared, classes or "")):
        return replace(around, gone=how)
    look = around
    attributes = element.attrib
    if declared or not _COLOURING.isdisjoint(attributes):
        if not opened and (how := _unpainted(declared)):
            return replace(around, gone=how)
        look = _styled(element, around, declared)
    if name(element) == "svg":
        # its text has colours of its own, and shapes behind it
        return replace(look, ground=None)
    known = _ground_known(declared) or element.get("bgcolor") is not None
    # A class may stand in a sheet that is not here: where that may colour the ground as well as the text, nothing is said of
    # either. Words that the page paints white by hand are another thing: no dark ground is known, a missing sheet proves
    # none, and one line that names a sheet would switch the check off. They count as hidden, and are told as such.
    unsure = look.unsure and not known
    unsure = unsure or (not sheet.whole and not known and bool(classes or element.get("id")))
    return look if unsure == look.unsure else replace(look, unsure=unsure)


def _marked(element: Element, declared: Declared, classes: str) -> How | None:
    display = _word(declared.get("display"))
    if display == "none" or _word(declared.get("mso-hide")) == "all":
        return "marked"
    hidden = element.get("hidden")
    # "until-found" is found by the browser's own search
    if hidden is not None and hidden.lower() != "until-found" and not display:
        return "marked"
    if name(element) == "dialog" and element.get("open") is None and not display:
        return "marked"
    if element.get("popover") is not None and not display:
        return "marked"
    if classes and any(_FOR_EARS.fullmatch(one) for one in classes.split()):
        return "marked"
    return "marked" if _word(declared.get("content-visibility")) == "hidden" else None


def _unpainted(declared: Declared) -> How | None:
    """Why an element with these declarations is not painted, and nothing in it is."""
    opacity = _number(declared.get("opacity"))
    if (opacity is not None and opacity < 0.05) or "opacity(0" in _written(declared.get("filter")):
        return "transparent"
    if "transform" in declared:
        transform = _written(declared["transform"])
        if re.search(r"scale(?:x|y|3d)?\(0(?:\.0\d*)?[,)]", transform):
            return "size"
        if (
            found := re.search(r"translate(?:x|y|3d)?\(-(\d+)px|translate\([^,]*,-(\d+)px", transform)
        ) and int((found.group(1) or found.group(2))[:9]) > _FAR:
            return "outside"
    if _number(declared.get("zoom")) == 0:
        return "size"
    if _word(declared.get("position")) in ("absolute", "fixed"):
        if _is_clipped_to_nothing(declared):
            return "clipped"
        if any(_is_far(declared.get(side)) for side in ("left", "top", "right", "bottom")):
            return "outside"
    elif _word(declared.get("position")) == "relative" and any(
        _is_far(declared.get(side)) for side in ("left", "top")
    ):
        return "outside"
    if any(_is_far(declared.get(side)) for side in ("text-indent", "margin-left", "margin-top")):
        return "outside"
    if _EMPTY_CLIP.search(_written(declared.get("clip-path"))):
        return "clipped"
    clips = any(
        _word(declared.get(key)) in ("hidden", "clip") for key in ("overflow", "overflow-x", "overflow-y")
    )
    thin = any(
        (length := _length(declared.get(key), 16)) is not None and length <= 1
        for key in ("height", "max-height", "width")
    )
    return "clipped" if clips and thin else None


def _is_clipped_to_nothing(declared: Declared) -> bool:
    clip = declared.get("clip")
    if not clip or clip[0].type != "function" or clip[0].lower_name != "rect":
        return False
    sides = [token.value for token in clip[0].arguments if token.type in ("number", "dimension")]
    # top, right, bottom, left; one pixel is nothing
    return len(sides) == 4 and (sides[2] - sides[0] <= 1 or sides[1] - sides[3] <= 1)


def _is_far(value: tuple[Any, ...] | None) -> bool:
    length = _length(value, 16)
    if length is not None and length < -_FAR:
        return True
    return bool(value) and value is not None and value[0].type == "percentage" and value[0].value <= -100


def _styled(element: Element, around: Look, declared: Declared) -> Look:
    colour, ground, size, visible = around.colour, around.ground, around.size, around.visible
    if (found := declared.get("font")) and (length := _font_size(found, around.size)) is not None:
        size = length
    if (found := declared.get("font-size")) and (length := _size(found[0], around.size)) is not None:
        size = length
    if word := _word(declared.get("visibility")):
        visible = {"hidden": False, "collapse": False, "inherit": visible}.get(word, True)
    if name(element) == "body" and (named := element.get("text")) and (plain := _plain(named)):
        colour = (*plain, 1.0)
    if named := element.get("bgcolor"):
        ground = _plain(named) or ground
    if element.get("background") or declared.get("background-image"):
        ground = None if _word(declared.get("background-image")) != "none" else ground
    for key in ("background", "background-color"):
        if found := declared.get(key):
            ground = _ground(found, ground)
    given = declared.get("-webkit-text-fill-color") or declared.get("color")
    if given:
        colour = _colour(given, colour)
    elif (named := element.get("color")) and (plain := _plain(named)):
        colour = (*plain, 1.0)
    own = around.own_colour if colour is around.colour else _states_colour(element)
    return Look(around.gone, visible, size, colour, ground, own, around.unsure)


def _states_colour(element: Element) -> bool:
    own = inline(element.get("style") or "")
    return "color" in own or "-webkit-text-fill-color" in own or element.get("color") is not None


def _ground_known(declared: Declared) -> bool:
    return any(key in declared for key in ("background", "background-color", "background-image"))


def _ground(value: tuple[Any, ...], around: Colour | None) -> Colour | None:
    found: Colour | None = around
    for token in value:
        if token.type in ("url", "function") and getattr(token, "lower_name", "url") not in (
            "rgb",
            "rgba",
            "hsl",
            "hsla",
            "oklch",
            "lab",
        ):
            return None  # a picture, a gradient or a variable
        if token.type == "literal":
            continue
        if (rgba := _rgba(token)) is not None:
            found = over(rgba, around)
    return found


def _colour(
    value: tuple[Any, ...], around: tuple[int, int, int, float] | None
) -> tuple[int, int, int, float] | None:
    word = _word(value)
    if word in ("inherit", "currentcolor", "unset"):
        return around
    if word in ("initial", "windowtext", "canvastext"):
        return (*BLACK, 1.0)
    return _rgba(value[0]) if value else around


def _rgba(token: Any) -> tuple[int, int, int, float] | None:
    try:
        colour = parse_color(token)
        if colour is None or colour == "currentcolor":
            return None
        red, green, blue, alpha = colour.to("srgb")
    except (ValueError, NotImplementedError, TypeError):
        return None
    return (*(round(255 * min(max(part or 0, 0), 1)) for part in (red, green, blue)), float(alpha or 0))  # type: ignore[return-value]


def _plain(value: str) -> Colour | None:
    """The colour of a ``bgcolor`` or ``color`` attribute, which may lack its ``#``."""
    value = value.strip()
    for text in (value, f"#{value}"):
        try:
            colour = parse_color(text)
            if colour is not None and colour != "currentcolor":
                red, green, blue, _ = colour.to("srgb")
                return (round(255 * red), round(255 * green), round(255 * blue))
        except (ValueError, NotImplementedError, TypeError):
            continue
    return None


def _font_size(value: tuple[Any, ...], around: float) -> float | None:
    """The size in the ``font`` shorthand: what stands before the stroke, or the first length."""
    for token in value:
        if token.type in ("dimension", "percentage") or (token.type == "number" and token.value == 0):
            return _size(token, around)
        if token.type == "ident" and token.lower_value in _SIZES:
            return _SIZES[token.lower_value]
    return None


def _size(token: Any, around: float) -> float | None:
    if token.type == "ident":
        if token.lower_value in ("smaller", "larger"):
            return around * (0.83 if token.lower_value == "smaller" else 1.2)
        return _SIZES.get(token.lower_value, 16.0 if token.lower_value == "initial" else around)
    if token.type == "percentage":
        return around * float(token.value) / 100
    return _length((token,), around)


def _length(value: tuple[Any, ...] | None, font: float) -> float | None:
    """In CSS pixels; ``None`` for words, percentages and functions."""
    if not value:
        return None
    token = value[0]
    if token.type == "number":
        return float(token.value)
    if token.type != "dimension":
        return None
    unit = token.lower_unit
    if unit in ("em", "ex", "ch", "lh"):
        return float(token.value) * font
    return float(token.value) * (16.0 if unit in ("rem", "rlh") else _PX.get(unit, 1.0))


def _number(value: tuple[Any, ...] | None) -> float | None:
    if not value or value[0].type not in ("number", "percentage"):
        return None
    return float(value[0].value) / (100 if value[0].type == "percentage" else 1)


def _word(value: tuple[Any, ...] | None) -> str:
    return str(value[0].lower_value) if value and value[0].type == "ident" else ""


def _written(value: tuple[Any, ...] | None) -> str:
    return "".join(token.serialize() for token in value).lower().replace(", ", ",") if value else ""
