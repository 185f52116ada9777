"""HTML: headings, paragraphs, lists, tables and preformatted text, without navigation and scripts."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.document import ParsedDocument
from ingest.parsing.encoding import decode
from ingest.parsing.limits import MAX_TEXT
from ingest.parsing.xml_tree import Element, name

# fmt: off
_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "nav", "iframe", "object", "embed", "button",
    "select", "input", "textarea", "head", "math", "canvas", "audio", "video", "map", "datalist",
    "dialog",
})
# fmt: on
# fmt: off
_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "body", "html", "ul",
    "ol", "dl", "dt", "dd", "figure", "figcaption", "blockquote", "address", "form", "fieldset",
    "legend", "details", "summary", "center", "hr", "td", "th", "tr", "table", "thead", "tbody",
    "tfoot", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "title", "option",
})
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED_ROLES = frozenset({"navigation", "search", "menu", "menubar", "toolbar"})
_DECLARED = re.compile(rb"<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_NO_TEXT = "There is no text in this page: a browser may have to fill it. Save it from the browser and retry."
_TOO_DEEP = "The page is nested too deeply or has too long a text in one piece. Save it in another format."
# "skip to content" links, edit buttons, boxes that the page itself leaves out of print
_SKIPPED_CLASSES = re.compile(
    r"(?:^|\s)(?:skip-?(?:link|nav|to)\S*|skipto\S*|mw-jump-link|mw-editsection|noprint)(?:\s|$)", re.I
)
# a list with this many links to other languages switches the language
_LANGUAGE_LINKS = 3
# a tree takes ten times as much memory as its page
_MAX_BYTES = 2 * MAX_TEXT
_MAX_TAG = 100_000
_NO_MEMORY = etree.ErrorTypes.ERR_NO_MEMORY
# cells of layout tables hold whole articles
_MAX_CELL = 2_000


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
    return builder.finish("html", title, empty=_TOO_DEEP if builder.problems else _NO_TEXT)


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


def add_html(builder: DocumentBuilder, text: str) -> str:
    """Adds the page's content to ``builder``; returns its title."""
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
    if root is None:
        return ""
    title = next((" ".join("".join(found.itertext()).split()) for found in root.iter("title")), "")
    _Walk(builder).walk(root)
    return title


class _Walk:
    """One pass over the tree, without recursion: pages nest as deep as they like."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline: list[str] = []
        self._lists: list[list[int]] = []
        self._in_item = False
        self._heading = 0
        self._quiet = False

    def walk(self, root: Element) -> None:
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            local = name(element)
            if event == "start":
                if _is_noise(element, local):
                    self._noise(local)
                    events.skip_subtree()
                elif local == "pre":
                    self._flush()
                    self._builder.code("".join(_pre_text(element)))
                    events.skip_subtree()
                elif local == "table" and (rows := table_rows(element)) is not None:
                    self._flush()
                    self._caption(element)
                    self._builder.table(rows)
                    events.skip_subtree()
                else:
                    self._start(element, local)
            else:
                self._end(local)
                if element.tail and element is not root:
                    self._text(element.tail)
        self._flush()

    def _noise(self, local: str) -> None:
        if local in ("nav", "head"):
            self._flush()

    def _start(self, element: Element, local: str) -> None:
        if local == "br":
            self._inline.append("\n")
        elif local == "q":
            self._inline.append('"')
        elif local in _BLOCKS:
            self._flush()
            if local in ("ul", "ol"):
                self._lists.append([1 if local == "ol" else 0])
            elif local in ("li", "dd"):
                self._in_item = True
            elif local in _HEADINGS:
                self._heading = _HEADINGS[local]
        if element.text:
            self._text(element.text)

    def _end(self, local: str) -> None:
        if local == "q":
            self._inline.append('"')
        if local in _BLOCKS:
            self._flush()
            if local in ("ul", "ol") and self._lists:
                self._lists.pop()
            elif local in ("li", "dd"):
                self._in_item = False
            elif local in _HEADINGS:
                self._heading = 0

    def _text(self, text: str) -> None:
        self._inline.append(re.sub(r"\s+", " ", text))

    def _caption(self, table: Element) -> None:
        for caption in table.iter("caption"):
            self._builder.paragraph(" ".join("".join(caption.itertext()).split()))

    def _flush(self) -> None:
        # run by run: " *\n *" looks at each space of a long run again
        text = re.sub(r" +", " ", "".join(self._inline)).replace(" \n", "\n").replace("\n ", "\n").strip()
        self._inline.clear()
        if not text:
            return
        if self._heading:
            self._builder.heading(text, self._heading)
        elif self._in_item:
            counter = self._lists[-1] if self._lists else [0]
            number = counter[0]
            if number:
                counter[0] = number + 1
            self._builder.list_item(text, max(len(self._lists) - 1, 0), f"{number}." if number else "-")
        else:
            self._builder.paragraph(text)


def _is_noise(element: Element, local: str) -> bool:
    if not local or local in _SKIPPED:
        return True
    if element.get("role") in _SKIPPED_ROLES or element.get("hidden") is not None:
        return True
    if (classes := element.get("class")) and _SKIPPED_CLASSES.search(classes):
        return True
    if (
        local in ("ul", "ol")
        and sum(1 for link in element.iter("a") if link.get("hreflang")) >= _LANGUAGE_LINKS
    ):
        return True
    style = element.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()


def _pre_text(element: Element) -> list[str]:
    found: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            found.append("\n" if name(inner) == "br" else "")
            found.append(inner.text or "")
        elif inner is not element:
            found.append(inner.tail or "")
    return found


def table_rows(table: Element) -> list[list[str]] | None:
    """Cells by row, spanned columns left empty; ``None`` for a table that only lays out the page."""
    if next((inner for inner in table.iter("table") if inner is not table), None) is not None:
        return None
    rows: list[list[str]] = []
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iter("td", "th"):
            text = cell_text(cell)
            if len(text) > _MAX_CELL or next(cell.iter("h1", "h2", "h3", "pre"), None) is not None:
                return None
            cells.append(text)
            span = cell.get("colspan", "1")
            cells += [""] * (min(int(span), 100) - 1 if span.isascii() and span.isdigit() else 0)
        rows.append(cells)
    return rows if any(len(row) > 1 for row in rows) else None


def cell_text(cell: Element) -> str:
    """The cell's words; blocks and line breaks within it are separated by a space."""
    found: list[str] = []
    events = etree.iterwalk(cell, events=("start", "end"))
    for event, inner in events:
        local = name(inner)
        if event == "start":
            if inner is not cell and _is_noise(inner, local):
                events.skip_subtree()
                continue
            found.append(" " if local in _BLOCKS or local == "br" else "")
            found.append(inner.text or "")
        elif inner is not cell:
            found.append(" " if local in _BLOCKS else "")
            found.append(inner.tail or "")
    return " ".join("".join(found).split())
