"""HTML: headings, paragraphs, lists, tables and preformatted text, as a reader of the page sees them."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.document import ParsedDocument
from ingest.parsing.encoding import decode
from ingest.parsing.formats.web.elements import page_title
from ingest.parsing.formats.web.styles import Linked, not_linked
from ingest.parsing.formats.web.walk import Walk
from ingest.parsing.limits import MAX_TEXT
from ingest.parsing.xml_tree import Element

_DECLARED = re.compile(rb"<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_NO_TEXT = "There is no text in this page: a browser may have to fill it. Save it from the browser and retry."
_TOO_DEEP = "The page is nested too deeply or has too long a text in one piece. Save it in another format."
# a tree takes ten times as much memory as its page
_MAX_BYTES = 2 * MAX_TEXT
_MAX_TAG = 100_000
_NO_MEMORY = etree.ErrorTypes.ERR_NO_MEMORY


def parse(path: Path) -> ParsedDocument:
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    builder = DocumentBuilder()
    if len(data) > _MAX_BYTES:
        # up to a tag, so that no character is cut in two
        data = data[: data.rfind(b"<", 0, _MAX_BYTES) if b"<" in data[-_MAX_TAG:] else _MAX_BYTES - 4]
        builder.problem(Phrase("only the first {count} bytes of the page were read", count=f"{len(data):,}"))
    text = decode_html(data)
    title = add_html(builder, text)
    return builder.finish("html", title, empty=_TOO_DEEP if builder.problems else _NO_TEXT, explains=True)


def decode_html(data: bytes) -> str:
    """By its bytes where they are conclusive (BOM, UTF-8), by its declaration, then by its bytes again."""
    try:
        return data.decode("utf-8-sig") if b"\0" not in data else decode(data)[0]
    except UnicodeDecodeError:
        pass
    if declared := _DECLARED.search(data[:4096]):
        label = declared.group(1).decode("ascii").lower()
        # browsers read these labels as their Windows supersets
        label = {
            "euc-kr": "cp949",
            "ks_c_5601-1987": "cp949",
            "iso-8859-1": "cp1252",
            "shift_jis": "cp932",
        }.get(label, label)
        try:
            return data.decode(label)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)[0]


def add_html(
    builder: DocumentBuilder, text: str, site: bool = True, linked: Linked = not_linked, inner: int = 0
) -> str:
    """Adds the page's content to ``builder``; returns its title.

    ``site`` is ``False`` for mails and books, which have no menus around them. ``linked`` gives the style sheets that
    come with the page. ``inner`` counts the pages around one that is written into another (``srcdoc``).
    """
    root = html_tree(builder, text)
    if root is None:
        return ""
    walk = Walk(builder, root, site, linked)
    for srcdoc in walk.read():
        if inner < 2:
            add_html(builder, srcdoc, site, linked, inner + 1)
    return page_title(root)


def html_tree(builder: DocumentBuilder, text: str) -> Element | None:
    """The tree of a page; ``None`` for an empty one. A page that ends too early is a problem of ``builder``."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(storable(text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "memory" in str(error).lower() or any(entry.type == _NO_MEMORY for entry in parser.error_log):
            raise MemoryError from error
        raise DocumentRefused(
            "The page holds no HTML that can be read. Save it again from the browser."
        ) from error
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        builder.problem("the page was read only up to a part that is nested too deeply or too long")
    return root
