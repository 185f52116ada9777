"""Symbol fonts of a page: Word and Outlook write a tick as the letter þ of Wingdings, and μ as the m of Symbol."""

from __future__ import annotations

import re

from ingest.parsing.formats.symbols import is_symbol_font
from ingest.parsing.xml_tree import Element

_FAMILY = re.compile(r"(?:^|;)\s*font-family\s*:\s*([^;]{1,200})", re.I)


def symbol_font_of(element: Element, around: str) -> str:
    """The symbol font of an element's text by its ``face`` or ``style``, empty for letters; ``around`` where it says nothing.

    Style sheets are not looked at: the programs that write such fonts write them into each element.
    """
    named = element.get("face")
    style = element.get("style")
    if style and "font-family" in style and (found := _FAMILY.search(style)):
        named = found.group(1)
    if named is None:
        return around
    first = named.split(",")[0].strip(" \"'")
    return first if is_symbol_font(first) else ""
