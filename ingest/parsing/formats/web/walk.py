"""One pass over the tree of a page, from the top: what a reader sees becomes blocks of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import without_data
from ingest.parsing.formats.scripts import Run, Script, joined
from ingest.parsing.formats.symbols import in_font
from ingest.parsing.formats.web.boilerplate import Boilerplate
from ingest.parsing.formats.web.controls import (
    formula_of,
    gauge_text,
    input_text,
    picture_text,
    select_text,
)
from ingest.parsing.formats.web.elements import (
    BLOCKS,
    HEADINGS,
    PREFORMATTED,
    SKIPPED,
    STRUCK,
    SVG_SKIPPED,
    is_disclosure,
    is_note_link,
    is_note_mark,
    opened_parts,
)
from ingest.parsing.formats.web.fonts import symbol_font_of
from ingest.parsing.formats.web.page_lists import Item, PageList, new_item, new_list
from ingest.parsing.formats.web.page_tables import PageTable, is_data, is_header_row, is_labelled_row, span_of
from ingest.parsing.formats.web.styles import Linked, Sheet
from ingest.parsing.formats.web.visibility import PAGE, Look, look_of
from ingest.parsing.xml_tree import Element, name

_NEXT_DIGITS = re.compile(r"(?<=\d)\s*\n\s*(?=\d)")


@dataclass(slots=True)
class _Open:
    """An element that the pass is in, and what to take back at its end."""

    look: Look
    script: Script
    font: str = ""  # where it draws signs in place of letters
    skipped: bool = False


class Walk:
    """Reads the tree of a page into ``builder``. The pass has no recursion: pages nest as deep as they like."""

    def __init__(self, builder: DocumentBuilder, root: Element, site: bool, linked: Linked) -> None:
        self._builder = builder
        self._root = root
        self._sheet = Sheet(root, linked)
        self._boilerplate = Boilerplate(site)
        self._shown = opened_parts(root)
        self._runs: list[Run] = []
        self._lists: list[PageList] = []
        self._items: list[Item] = []
        self._terms: list[str] = []
        self._in_term = False
        self._in_definition: list[str] = []  # for each definition that is open, its term until that is said
        self._definitions = 0  # lists of definitions that are open
        self._tables: list[PageTable] = []
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
                font = symbol_font_of(element, around.font)
                skipped = self._stands_alone(element, local, look, script, allowed)
                stack.append(_Open(look, script, font, skipped))
                if skipped:
                    events.skip_subtree()
                else:
                    self._start(element, local, look)
                    self._text(in_font(element.text or "", font), look, script)
            else:
                opened = stack.pop()
                if not opened.skipped:
                    self._end(element, local, opened.look)
                if element.tail and element is not root:
                    self._text(in_font(element.tail, stack[-1].font), stack[-1].look, stack[-1].script)
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
            return "mark" if is_note or is_note_mark(element) else "up"
        if local in ("span", "a", "font", "small", "i", "b", "em", "strong"):
            if local == "a" and is_note_link(element):
                return "mark"
            align = self._sheet.declared(element).get("vertical-align")
            word = getattr(align[0], "lower_value", "") if align else ""
            return "up" if word in ("super", "text-top") else "down" if word == "sub" else ""
        return ""

    def _stands_alone(self, element: Element, local: str, look: Look, script: Script, allowed: str) -> bool:
        """Whether ``element`` is dealt with as a whole: left out, or painted by its attributes."""
        if not local:
            return True
        if self._svg and local in SVG_SKIPPED:
            return True
        if (formula := formula_of(element, local)) is not None:
            self._text(formula, look, script)
            return True
        if local == "iframe" and element.get("srcdoc") and not look.hidden:
            self._pages.append(element.get("srcdoc"))
            return True
        if local in SKIPPED and local != allowed:
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
        elif local == "button" and not is_disclosure(element):
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
        elif local in STRUCK:
            self._text("~~", look, "")
        elif local == "rt":
            self._text("(", look, "")
        elif self._svg and local in ("text", "tspan"):
            self._runs.append((" ", ""))
        elif local in BLOCKS:
            if self._pre and local not in PREFORMATTED:
                if self._runs and not self._runs[-1][0].endswith("\n"):
                    self._runs.append(("\n", ""))
                return
            self._flush()
            if local in PREFORMATTED:
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
                self._lists.append(new_list(element, local, self._sheet.declared(element)))
            elif local == "li":
                self._items.append(new_item(element, self._lists))
            elif local == "dl":
                self._end_definition()
                self._definitions += 1
            elif local == "dt":
                self._end_definition()
                self._in_term = True
            elif local == "dd":
                self._in_definition.append("; ".join(self._terms))
                self._terms = []
            elif local in HEADINGS:
                self._heading = HEADINGS[local]

    def _end(self, element: Element, local: str, look: Look) -> None:
        table = self._tables[-1] if self._tables else None
        if local == "q":
            self._text('"', look, "")
        elif local in STRUCK:
            self._text("~~", look, "")
        elif local == "rt":
            self._text(")", look, "")
        elif local in BLOCKS and not (self._pre and local not in PREFORMATTED):
            self._flush()
            if local in PREFORMATTED:
                self._pre = max(self._pre - 1, 0)
            elif local == "svg":
                self._svg -= 1
            elif local == "table":
                self._end_table()
            elif (
                table is not None
                and not table.inner
                and local in ("tr", "td", "th", "thead", "tbody", "tfoot", "caption")
            ):
                self._end_part(table, element, local, look)
            elif local in ("ul", "ol", "menu", "dir") and self._lists:
                self._lists.pop()
            elif local == "li" and self._items:
                self._items.pop()
            elif local == "dt":
                self._in_term = False
            elif local == "dd" and self._in_definition:
                self._end_definition()
                self._in_definition.pop()
            elif local == "dl":
                self._definitions = max(self._definitions - 1, 0)
                self._end_terms()
            elif local in HEADINGS:
                self._heading = 0

    def _text(self, text: str | None, look: Look, script: Script, lines: bool = False) -> None:
        if not text:
            return
        if how := look.hidden:
            self._builder.hidden(text, how)
            return
        text = without_data(text)
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
        self._data.append(is_data(element))
        if self._data[-1]:
            self._end_terms()
            self._end_definition()
            self._tables.append(PageTable())

    def _start_part(self, table: PageTable, local: str, look: Look) -> None:
        if local == "tr":
            # a row that is not shown takes no place
            if not look.gone:
                table.grid.start_row()
        elif local == "caption":
            table.in_caption = True
        elif local in ("td", "th"):
            table.in_cell = True
            table.parts = []

    def _end_part(self, table: PageTable, element: Element, local: str, look: Look) -> None:
        if local == "caption":
            table.in_caption = False
        elif local in ("td", "th"):
            table.in_cell = False
            if not look.gone:
                text = " ".join(table.parts).replace(" ; ", "; ")
                table.grid.add(text, span_of(element, "rowspan"), span_of(element, "colspan"))
        elif local == "tr":
            if not look.gone and is_header_row(element):
                table.grid.header_row()
            elif not look.gone and is_labelled_row(element):
                table.grid.labelled_row()
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
        self._builder.table(rows, table.grid.told)

    def _end_definition(self) -> None:
        """The term of a definition that has no words of its own, but a list or table."""
        if self._in_definition and self._in_definition[-1]:
            self._builder.list_item(self._in_definition[-1], self._depth_of_definition())
            self._in_definition[-1] = ""

    def _depth_of_definition(self) -> int:
        # not by the definitions: one that is not closed holds those that follow it
        return max(self._definitions - 1, 0) + max(len(self._lists) - 1, 0)

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
            self._builder.list_item(f"{term}: {text}" if term else text, self._depth_of_definition())
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
