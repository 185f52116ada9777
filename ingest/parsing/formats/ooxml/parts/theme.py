"""Colours as Office writes them: by value, by their place in the theme, changed in brightness."""

from __future__ import annotations

import colorsys

from ingest.parsing.formats.colours import BLACK, WHITE, Colour, from_hex
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name

_PRESETS = {
    "white": WHITE,
    "black": BLACK,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostWhite": (248, 248, 255),
    "floralWhite": (255, 250, 240),
    "whiteSmoke": (245, 245, 245),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
}


def from_argb(value: str | None) -> Colour | None:
    """``AARRGGBB`` as Excel writes it, or ``RRGGBB``; ``None`` for everything else."""
    digits = (value or "").strip()
    return from_hex(digits[2:] if len(digits) == 8 else digits)


def theme_colours(root: Element | None) -> dict[str, Colour]:
    """The colours of a theme part by their names: ``dk1``, ``lt1``, ``accent1`` ...; empty without one."""
    found: dict[str, Colour] = {}
    scheme = next(descendants(root, "clrScheme"), None) if root is not None else None
    for slot in children(scheme) if scheme is not None else ():
        for colour in children(slot, "srgbClr", "sysClr"):
            value = from_hex(attribute(colour, "lastClr") or attribute(colour, "val"))
            if value is None and name(colour) == "sysClr":
                value = {"window": WHITE, "windowText": BLACK}.get(attribute(colour, "val") or "")
            if value is not None:
                found[name(slot)] = value
    return found


def tinted(colour: Colour, tint: float) -> Colour:
    """Excel's tint: -1 makes a colour black, 1 white."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    tint = min(max(tint, -1.0), 1.0)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, light, saturation))
    return red, green, blue


def drawing_colour(
    parent: Element | None, theme: dict[str, Colour], mapping: dict[str, str]
) -> Colour | None:
    """The colour in a DrawingML ``solidFill`` (and other holders of one); ``None`` where it is not known for sure.

    ``mapping`` leads from ``bg1``, ``tx1`` ... to names of the theme. A colour with changes other than those of its
    brightness is not known.
    """
    for element in children(parent) if parent is not None else ():
        local, value = name(element), attribute(element, "val") or ""
        found: Colour | None = None
        if local == "srgbClr":
            found = from_hex(value)
        elif local == "sysClr":
            found = from_hex(attribute(element, "lastClr")) or {"window": WHITE, "windowText": BLACK}.get(
                value
            )
        elif local == "prstClr":
            found = _PRESETS.get(value)
        elif local == "schemeClr":
            found = theme.get(mapping.get(value, value))
        elif local == "scrgbClr":
            parts = [attribute(element, key) or "" for key in "rgb"]
            if all(part.isdecimal() and len(part) <= 6 for part in parts):
                red, green, blue = (min(round(int(part) / 100_000 * 255), 255) for part in parts)
                found = red, green, blue
        return None if found is None else _changed(found, element)
    return None


def opacity(parent: Element | None) -> float:
    """0 for a fill that is fully transparent, 1 for one that covers."""
    for element in children(parent) if parent is not None else ():
        for change in children(element, "alpha"):
            value = (attribute(change, "val") or "").rstrip("%")
            if value.isdecimal() and len(value) <= 6:
                return int(value) / (100 if "%" in (attribute(change, "val") or "") else 100_000)
    return 1.0


def _changed(colour: Colour, element: Element) -> Colour | None:
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    for change in children(element):
        value = attribute(change, "val") or ""
        if not value.lstrip("-").isdecimal() or len(value) > 8:
            return None
        part = int(value) / 100_000
        match name(change):
            case "lumMod":
                light *= part
            case "lumOff":
                light += part
            case "shade":
                light *= part
            case "tint":
                light = light * part + 1 - part
            case "alpha":
                continue
            case _:
                return None
    red, green, blue = (
        min(max(round(255 * part), 0), 255)
        for part in colorsys.hls_to_rgb(hue, min(max(light, 0), 1), saturation)
    )
    return red, green, blue
