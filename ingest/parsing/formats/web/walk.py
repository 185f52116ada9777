"""One pass over the tree of a page, from the top: what a reader sees becomes blocks of a document."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats import numbering
from ingest.parsing.formats.scripts import Run, Script, joined
from ingest.parsing.formats.web.boilerplate import Boilerplate
from ingest.parsing.formats.web.controls import (
    formula_of,
    gauge_text,
    input_text,
    picture_text,
    select_text,
)
from ingest.parsing.formats.web.styles import Linked, Sheet
from ingest.parsing.formats.web.visibility import PAGE, Look, look_of
from ingest.parsing.tables import Grid
from ingest.parsing.xml_tree import Element, name

# never painted, or painted from elsewhere
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "map",
        "datalist",
        "rp",
        "param",
        "source",
        "track",
        "frameset",
        "noframes",
    ]
)
_SVG_SKIPPED = frozenset(
    ["title", "desc", "defs", "metadata", "symbol", "clippath", "mask", "pattern", "marker", "filter"]
)
# fmt: off
_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "body", "html", "ul",
    "ol", "dl", "dt", "dd", "figure", "figcaption", "blockquote", "address", "form", "fieldset",
    "legend", "details", "summary", "center", "hr", "td", "th", "tr", "table", "thead", "tbody",
    "tfoot", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "title", "option", "dialog",
    "nav", "menu", "hgroup", "search", "dir", "svg", "foreignobject", "listing", "xmp", "plaintext",
})
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PREFORMATTED = frozenset({"pre", "listing", "xmp", "plaintext"})
_STRUCK = frozenset({"del", "s", "strike"})
_NOTE_CLASSES = re.compile(
    r"foot-?note|end-?note|noteref|fn-?ref|(?:^|\s)reference(?:\s|$)|MsoFootnoteReference", re.I
)
# cells of layout tables hold whole articles
_MAX_CELL = 2_000
# a table of data may have a small table in one cell of so many
_CELLS_PER_TABLE = 4
_DATA_URI = re.compile(r"data:[\w/+.;=-]{0,100};base64,[A-Za-z0-9+/=%\s]{64,}")
_NUMBERS: dict[str, Callable[[int], str]] = {
    "a": numbering.letters,
    "A": lambda number: numbering.letters(number).upper(),
    "i": numbering.roman,
    "I": lambda number: numbering.roman(number).upper(),
    "lower-alpha": numbering.letters,
    "lower-latin": numbering.letters,
    "upper-alpha": lambda number: numbering.letters(number).upper(),
    "upper-latin": lambda number: numbering.letters(number).upper(),
    "lower-roman": numbering.roman,
    "upper-roman": lambda number: numbering.roman(number).upper(),
    "hangul": numbering.syllable,
    "hangul-consonant": numbering.jamo,
    "korean-hangul-formal": numbering.spelled_hangul,
    "decimal-leading-zero": lambda number: f"{number:02}",
}
_NO_MARKER = "none"
_NEXT_DIGITS = re.compile(r"(?<=\d)\s*\n\s*(?=\d)")


@dataclass(slots=True)
class _List:
    number: int = 0
    step: int = 1
    write: Callable[[int], str] | None = None  # None for bullets


@dataclass(slots=True)
class _Item:
    marker: str
    depth: int
    used: bool = False


@dataclass(slots=True)
class _Table:
    grid: Grid = field(default_factory=Grid)
    parts: list[str] = field(default_factory=list)
    caption: list[str] = field(default_factory=list)
    in_cell: bool = False
    in_caption: bool = False
    # nested tables, whose rows are text of the cell around them
    inner: int = 0


@dataclass(slots=True)
class _Open:
    """An element that the pass is in, and what to take back at its end."""

    look: Look
    script: Script
    skipped: bool = False


class Walk:
    """Reads the tree of a page into ``builder``. The pass has no recursion: pages nest as deep as they like."""

    def __init__(self, builder: DocumentBuilder, root: Element, site: bool, linked: Linked) -> None:
        self._builder = builder
        self._root = root
        self._sheet = Sheet(root, linked)
        self._boilerplate = Boilerplate(site)
        self._shown = _opened(root)
        self._runs: list[Run] = []
        self._lists: list[_List] = []
        self._items: list[_Item] = []
        self._terms: list[str] = []
        self._in_term = False
        self._in_definition: list[str] = []
        self._tables: list[_Table] = []
        self._data: list[bool] = []  # for each table that is open, whether it is one of data
        self._heading = 0
        self._pre = 0
        self._svg = 0
        self._wrote = False
        self._pages: list[str] = []

    def read(self) -> list[str]:
        """Adds the page's content; returns the pages that are written into it (``srcdoc``)."""
        self._walk(self._root, "")
        if not self._wrote and not self._pages:
            # what a page without text says to a browser without scripts
            for element in list(self._root.iter("noscript")):
                self._walk(element, "noscript")
        return self._pages

    def _walk(self, root: Element, allowed: str) -> None:
        stack = [_Open(PAGE, "")]
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            local = name(element).lower()
            around = stack[-1]
            if event == "start":
                look = look_of(element, around.look, self._sheet, self._shown) if local else around.look
                script = around.script or self._script(element, local, look)
                skipped = self._stands_alone(element, local, look, script, allowed)
                stack.append(_Open(look, script, skipped))
                if skipped:
                    events.skip_subtree()
                else:
                    self._start(element, local, look)
                    self._text(element.text, look, script)
            else:
                opened = stack.pop()
                if not opened.skipped:
                    self._end(element, local, opened.look)
                if element.tail and element is not root:
                    self._text(element.tail, stack[-1].look, stack[-1].script)
        self._flush()
        self._end_terms()

    def _script(self, element: Element, local: str, look: Look) -> Script:
        """Whether the text of ``element`` is raised, lowered, or the mark of a note."""
        if look.gone:
            return ""
        if local == "sub":
            return "down"
        roles = f"{element.get('role') or ''} {element.get('{http://www.idpf.org/2007/ops}type') or element.get('epub:type') or ''}"
        if "noteref" in roles:
            return "mark"
        if local == "sup":
            link = next(element.iter("a"), None)
            is_note = link is not None and "#" in (link.get("href") or "")
            return "mark" if is_note or _NOTE_CLASSES.search(element.get("class") or "") else "up"
        if local in ("span", "a", "font", "small", "i", "b", "em", "strong"):
            if local == "a" and _NOTE_CLASSES.search(element.get("class") or "") and element.get("href"):
                return "mark"
            align = self._sheet.declared(element).get("vertical-align")
            word = getattr(align[0], "lower_value", "") if align else ""
            return "up" if word in ("super", "text-top") else "down" if word == "sub" else ""
        return ""

    def _stands_alone(self, element: Element, local: str, look: Look, script: Script, allowed: str) -> bool:
        """Whether ``element`` is dealt with as a whole: left out, or painted by its attributes."""
        if not local:
            return True
        if self._svg and local in _SVG_SKIPPED:
            return True
        if (formula := formula_of(element, local)) is not None:
            self._text(formula, look, script)
            return True
        if local == "iframe" and element.get("srcdoc") and not look.hidden:
            self._pages.append(element.get("srcdoc"))
            return True
        if local in _SKIPPED and local != allowed:
            if local == "head":
                self._flush()
            return True
        if local == "input":
            self._piece(input_text(element), look, script)
        elif local == "select":
            self._piece(select_text(element), look, script)
        elif local in ("progress", "meter"):
            self._piece(gauge_text(element), look, script)
        elif local == "textarea":
            self._piece((element.text or "").strip("\n"), look, script, lines=True)
            self._flush()
        elif local == "img":
            self._piece(picture_text(element), look, script)
        elif local == "button" and not _is_disclosure(element):
            pass
        elif not look.gone and self._boilerplate.holds(element, local):
            if local == "nav":
                self._flush()
        else:
            return False
        return True

    def _start(self, element: Element, local: str, look: Look) -> None:
        table = self._tables[-1] if self._tables else None
        if local == "br":
            self._runs.append(("\n", ""))
        elif local == "q":
            self._text('"', look, "")
        elif local in _STRUCK:
            self._text("~~", look, "")
        elif local == "rt":
            self._text("(", look, "")
        elif self._svg and local in ("text", "tspan"):
            self._runs.append((" ", ""))
        elif local in _BLOCKS:
            if self._pre and local not in _PREFORMATTED:
                if self._runs and not self._runs[-1][0].endswith("\n"):
                    self._runs.append(("\n", ""))
                return
            self._flush()
            if local in _PREFORMATTED:
                self._pre += 1
            elif local == "svg":
                self._svg += 1
            elif local == "table":
                self._start_table(element)
            elif (
                table is not None
                and not table.inner
                and local in ("tr", "td", "th", "thead", "tbody", "tfoot", "caption")
            ):
                self._start_part(table, local, look)
            elif table is not None and table.inner and local == "tr" and table.parts:
                table.parts.append(";")
            elif local in ("ul", "ol", "menu", "dir"):
                self._lists.append(self._new_list(element, local))
            elif local == "li":
                self._items.append(self._new_item(element))
            elif local == "dt":
                self._in_term = True
            elif local == "dd":
                self._in_definition.append("; ".join(self._terms))
                self._terms = []
            elif local in _HEADINGS:
                self._heading = _HEADINGS[local]

    def _end(self, element: Element, local: str, look: Look) -> None:
        table = self._tables[-1] if self._tables else None
        if local == "q":
            self._text('"', look, "")
        elif local in _STRUCK:
            self._text("~~", look, "")
        elif local == "rt":
            self._text(")", look, "")
        elif local in _BLOCKS and not (self._pre and local not in _PREFORMATTED):
            self._flush()
            if local in _PREFORMATTED:
                self._pre = max(self._pre - 1, 0)
            elif local == "svg":
                self._svg -= 1
            elif local == "table":
                self._end_table()
            elif (
                table is not None
                and not table.inner
                and local in ("td", "th", "thead", "tbody", "tfoot", "caption")
            ):
                self._end_part(table, element, local, look)
            elif local in ("ul", "ol", "menu", "dir") and self._lists:
                self._lists.pop()
            elif local == "li" and self._items:
                self._items.pop()
            elif local == "dt":
                self._in_term = False
            elif local == "dd" and self._in_definition:
                self._in_definition.pop()
            elif local == "dl":
                self._end_terms()
            elif local in _HEADINGS:
                self._heading = 0

    def _text(self, text: str | None, look: Look, script: Script, lines: bool = False) -> None:
        if not text:
            return
        if how := look.hidden:
            self._builder.hidden(text, how)
            return
        if "base64," in text:
            text = _DATA_URI.sub("", text)
        self._runs.append((text if self._pre or lines else re.sub(r"\s+", " ", text), script))

    def _piece(self, text: str, look: Look, script: Script, lines: bool = False) -> None:
        """Something painted between words, with white space around it."""
        if text.strip():
            self._text(f" {text} ", look, script, lines)

    def _start_table(self, element: Element) -> None:
        if self._tables and self._tables[-1].in_cell:
            self._tables[-1].inner += 1
            self._data.append(False)
            return
        self._data.append(_is_data(element))
        if self._data[-1]:
            self._end_terms()
            self._tables.append(_Table())

    def _start_part(self, table: _Table, local: str, look: Look) -> None:
        if local == "tr":
            # a row that is not shown takes no place
            if not look.gone:
                table.grid.start_row()
        elif local == "caption":
            table.in_caption = True
        elif local in ("td", "th"):
            table.in_cell = True
            table.parts = []

    def _end_part(self, table: _Table, element: Element, local: str, look: Look) -> None:
        if local == "caption":
            table.in_caption = False
        elif local in ("td", "th"):
            table.in_cell = False
            if not look.gone:
                text = " ".join(table.parts).replace(" ; ", "; ")
                table.grid.add(text, _span(element, "rowspan"), _span(element, "colspan"))
                if local == "th" and _heads_its_column(element):
                    table.grid.header_row()
        else:
            table.grid.end_group()

    def _end_table(self) -> None:
        is_data = self._data.pop()
        if not is_data and self._tables:
            self._tables[-1].inner -= bool(self._tables[-1].inner)
        if not is_data:
            return
        table = self._tables.pop()
        rows = table.grid.rows()
        for text in table.caption:
            self._builder.paragraph(text)
        self._wrote = self._wrote or any(map(any, rows))
        self._builder.table(rows)

    def _new_list(self, element: Element, local: str) -> _List:
        styles = self._sheet.declared(element)
        words = [
            getattr(token, "lower_value", "")
            for key in ("list-style", "list-style-type")
            for token in styles.get(key, ())
        ]
        style = next(
            (word for word in reversed(words) if word in _NUMBERS or word in (_NO_MARKER, "decimal", "disc")),
            "",
        )
        kind = style or element.get("type") or ""
        if local != "ol":
            return _List(1, 1, _NUMBERS[kind]) if local == "ul" and style in _NUMBERS else _List()
        if kind in (_NO_MARKER, "disc"):
            return _List()
        backwards = element.get("reversed") is not None
        count = sum(1 for item in element if name(item) == "li") if backwards else 1
        start = _integer(element.get("start"))
        return _List(count if start is None else start, -1 if backwards else 1, _NUMBERS.get(kind, str))

    def _new_item(self, element: Element) -> _Item:
        depth = max(len(self._lists) - 1, 0)
        if not self._lists or self._lists[-1].write is None:
            return _Item("-", depth)
        of = self._lists[-1]
        value = _integer(element.get("value"))
        number = of.number if value is None else value
        of.number = number + of.step
        write = _NUMBERS.get(element.get("type") or "", of.write)
        return _Item(f"{write(number) if write else number}.", depth)

    def _end_terms(self) -> None:
        """Terms without a definition."""
        terms, self._terms = self._terms, []
        for term in terms:
            self._builder.paragraph(term)

    def _flush(self) -> None:
        runs, self._runs = self._runs, []
        if not runs:
            return
        text = joined(runs)
        if self._pre and not self._tables:
            if text.strip():
                self._wrote = True
                self._builder.code(text)
            return
        # run by run: " *\n *" looks at each space of a long run again
        text = re.sub(r" +", " ", text).replace(" \n", "\n").replace("\n ", "\n").strip().replace("~~~~", "")
        if not text:
            return
        self._wrote = True
        if self._tables and (self._tables[-1].in_cell or self._tables[-1].in_caption):
            table = self._tables[-1]
            (table.parts if table.in_cell else table.caption).append(
                _NEXT_DIGITS.sub("; ", text).replace("\n", " ")
            )
        elif self._in_term:
            self._terms.append(text)
        else:
            self._block(text)

    def _block(self, text: str) -> None:
        item = self._items[-1] if self._items else None
        if self._in_definition:
            term = self._in_definition[-1]
            self._in_definition[-1] = ""
            self._builder.list_item(f"{term}: {text}" if term else text, max(len(self._lists) - 1, 0))
            return
        self._end_terms()
        if self._heading:
            marker = f"{item.marker} " if item is not None and not item.used and item.marker != "-" else ""
            if item is not None:
                item.used = True
            self._builder.heading(marker + text, self._heading)
        elif item is not None:
            self._builder.list_item(text, item.depth, "" if item.used else item.marker)
            item.used = True
        else:
            self._builder.paragraph(text)


def page_title(root: Element) -> str:
    return next((" ".join("".join(found.itertext()).split()) for found in root.iter("title")), "")


def _opened(root: Element) -> frozenset[str]:
    """Ids of parts that a tab or a button of the page opens: a reader can bring them about."""
    found: set[str] = set()
    for element in root.iter():
        attributes = element.attrib
        if target := attributes.get("popovertarget"):
            found.add(target)
        elif (
            attributes.get("role") == "tab"
            and (target := attributes.get("aria-controls"))
            and "".join(element.itertext()).strip()
        ):
            found.update(target.split())
    return frozenset(found)


def _is_disclosure(button: Element) -> bool:
    """Whether a button is the title of a part that it opens."""
    if button.get("aria-expanded") is not None or button.get("aria-controls") or button.get("role") == "tab":
        return True
    parent = button.getparent()
    return parent is not None and name(parent) in _HEADINGS


def _is_data(table: Element) -> bool:
    """Whether a table holds data; others lay out a page."""
    tables = cells = longest = 0
    has_headers = False
    wide = False
    for inner in table.iter():
        local = name(inner)
        if local == "table" and inner is not table:
            tables += 1
        elif local in ("td", "th"):
            cells += 1
            has_headers = has_headers or local == "th"
        elif local in ("h1", "h2", "h3", "pre"):
            return False
        elif local == "tr":
            wide = wide or sum(1 for cell in inner if name(cell) in ("td", "th")) > 1
    if tables and (not has_headers or cells < _CELLS_PER_TABLE * tables * 2 or _is_deep(table)):
        return False
    if not wide:
        return False
    if not has_headers:
        longest = max((_length(cell) for cell in table.iter("td")), default=0)
    return longest <= _MAX_CELL


def _is_deep(table: Element) -> bool:
    return any(
        next((b for b in inner.iter("table") if b is not inner), None) is not None
        for inner in table.iter("table")
        if inner is not table
    )


def _length(cell: Element) -> int:
    return sum(len(piece.strip()) for piece in cell.itertext())


def _heads_its_column(header: Element) -> bool:
    """Whether all cells of its row are headings: one at the start of a row of values names that row."""
    scope = (header.get("scope") or "").lower()
    row = header.getparent()
    if scope.startswith("row") or row is None:
        return False
    return (
        all(name(cell) == "th" for cell in row if name(cell) in ("td", "th"))
        or name(row.getparent()) == "thead"
    )


def _span(cell: Element, attribute: str) -> int:
    value = _integer(cell.get(attribute))
    return 1 if value is None or value < 0 else value


def _integer(value: str | None) -> int | None:
    found = re.match(r"\s*(-?\d{1,9})", value) if value else None
    return int(found.group(1)) if found else None
