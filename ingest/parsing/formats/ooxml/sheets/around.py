"""What lies on or around the cells of a sheet: comments, form controls, and the header and footer of its print."""

from __future__ import annotations

import re

from lxml import etree

from ingest.parsing.formats.ooxml.parts.package import Package
from ingest.parsing.formats.ooxml.parts.running import said_once
from ingest.parsing.formats.ooxml.sheets.strings import plain, text_of
from ingest.parsing.formats.ooxml.sheets.styles import Styles
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants

# &P, &"Arial,Bold", &12, &K01+034 ...: codes for pages, dates and fonts; && is one ampersand
_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-Za-z&])')


def comments(package: Package, part: str, styles: Styles) -> dict[str, list[str]]:
    """Texts by the cell's reference, conversations in their order; they replace the note that old programs show."""
    found: dict[str, list[str]] = {}
    for target in package.related(part, "threadedComment"):
        root = package.xml(target)
        for comment in children(root, "threadedComment") if root is not None else ():
            text = child(comment, "text")
            if text is not None and text.text:
                found.setdefault(comment.get("ref") or "", []).append(text.text)
    threaded = set(found)
    for target in package.related(part, "comments"):
        root = package.xml(target)
        for comment in descendants(root, "comment") if root is not None else ():
            reference, text = comment.get("ref") or "", child(comment, "text")
            if (
                reference not in threaded
                and text is not None
                and (words := plain(text_of(text, styles)).strip())
            ):
                found.setdefault(reference, []).append(words)
    return found


def running_lines(running: list[tuple[str, str]], sheet_name: str) -> list[str]:
    """``[Header: ...]`` and ``[Footer: ...]`` of the printed sheet, without page numbers and dates."""
    return said_once((place, _without_codes(code, sheet_name)) for place, code in running)


def _without_codes(text: str, sheet_name: str) -> str:
    def said(match: re.Match[str]) -> str:
        code = match.group()[1:]
        return {"&": "&", "A": sheet_name, "L": "\n", "C": "\n", "R": "\n"}.get(code, "")

    return _CODE.sub(said, text)


def controls(package: Package, part: str) -> list[str]:
    """Form controls of old drawings: ``☑ Approved``, and the words on buttons and labels."""
    found: list[str] = []
    for target in package.related(part, "vmlDrawing"):
        root = _tolerant(package.bytes_of(target))
        for shape in descendants(root, "shape") if root is not None else ():
            data = child(shape, "ClientData")
            kind = attribute(data, "ObjectType") if data is not None else None
            if kind in (None, "Note", "Pict"):
                continue
            box = child(shape, "textbox")
            text = " ".join("".join(box.itertext()).split()) if box is not None else ""
            if kind in ("Checkbox", "Radio"):
                checked = child(data, "Checked")
                on = checked is not None and (checked.text or "").strip() == "1"
                text = f"{'☑' if on else '☐'} {text}"
            found.append(text)
    return [text for text in found if text.strip()]


def _tolerant(data: bytes | None) -> Element | None:
    """VML is not always well-formed: Excel itself writes ``<br>`` without an end."""
    if not data:
        return None
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
