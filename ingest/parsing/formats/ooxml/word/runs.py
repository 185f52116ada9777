"""The words of a Word paragraph: runs with their symbols, equations, raised figures, fields and controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour, from_hex
from ingest.parsing.formats.ooxml.parts.drawing import alternatives, described, description, is_hidden_shape
from ingest.parsing.formats.ooxml.parts.equations import equation
from ingest.parsing.formats.ooxml.parts.package import number, switched, truth
from ingest.parsing.formats.ooxml.parts.theme import drawing_colour
from ingest.parsing.formats.ooxml.word import eq_field
from ingest.parsing.formats.ooxml.word.styles import (
    Drawn,
    ParagraphStyle,
    Styles,
    how_hidden,
    raised,
    run_properties,
    shading,
    value_of,
)
from ingest.parsing.formats.scripts import Line
from ingest.parsing.formats.symbols import in_font, symbol
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# deleted and moved text, field codes, properties; readings above the characters
SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "sectPr", "rt",
                     "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "annotationRef", "footnoteRef",
                     "endnoteRef"})  # fmt: skip
# fields whose result differs from page to page
_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"})
_MAX_DEPTH = 60
# EMU; a page of Word is at most 22 inches long
_FAR = 22 * 914_400


@dataclass(slots=True)
class Words:
    """A paragraph as it was read.

    Attributes:
        text: what is seen.
        hidden: what is not.
        boxes: text boxes anchored in it, each with the colour behind its text (``None``: not known) and how it is
            hidden as a whole.
        comments: ids of the comments that end in it.
        charts, diagrams: relations of charts, frames of diagrams.
        documents: relations of inserted documents.
        objects: programs of embedded objects.
    """

    text: str = ""
    hidden: list[tuple[str, How]] = field(default_factory=list)
    boxes: list[tuple[Element, Colour | None, How | None]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    charts: list[str | None] = field(default_factory=list)
    diagrams: list[Element] = field(default_factory=list)
    documents: list[str | None] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    """A field that is open: its code until ``in_result``, then its result, if it ``has_result``."""

    code: str = ""
    in_result: bool = False
    has_result: bool = False


class ParagraphReader:
    """Reads the paragraphs of one part in order: fields may go on from one to the next.

    ``note`` gives the mark of a footnote or endnote by its kind, its id and whether a mark of its own follows. In a header or footer (``is_running``), page
    numbers are left out: they are those of one page.
    """

    def __init__(
        self, styles: Styles, note: Callable[[str, str, bool], str], is_running: bool = False
    ) -> None:
        self._styles = styles
        self._note = note
        self._is_running = is_running
        self._fields: list[_Field] = []

    def read(self, paragraph: Element, style: ParagraphStyle, behind: Colour | None) -> Words:
        """``behind`` is the colour behind the paragraph, ``None`` where it is not known."""
        # a field code never goes on in the next paragraph; a damaged one must not swallow the document
        self._fields = [found for found in self._fields if found.in_result]
        shade = {**style.shade, **shading(child(paragraph, "pPr", "shd"))}
        words = Words()
        _Walk(self, words, style.drawn, shade.get("shade", behind)).walk(paragraph)
        return words

    @property
    def is_silent(self) -> bool:
        """Whether what comes next is the code of a field, or a result that is left out."""
        return any(
            not found.in_result
            or (self._is_running and found.code.split()[:1] and found.code.split()[0] in _PAGE_FIELDS)
            for found in self._fields
        )

    def field(self, element: Element) -> str:
        """Follows a ``fldChar``; returns what a form field shows by itself."""
        kind = attribute(element, "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
            return form_value(child(element, "ffData"))
        if kind == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            closed = self._fields.pop()
            if not closed.has_result and not self.is_silent:
                return eq_field.text_of(closed.code) or ""
        return ""

    def code(self, text: str) -> None:
        if self._fields and not self._fields[-1].in_result and len(self._fields[-1].code) < eq_field.MAX_CODE:
            self._fields[-1].code += text

    def shown(self, text: str) -> None:
        """Notes that the field that is open has a result."""
        if self._fields and text.strip():
            self._fields[-1].has_result = True

    def is_page_field(self, code: str | None) -> bool:
        words = (code or "").split()
        return self._is_running and bool(words) and words[0] in _PAGE_FIELDS

    def style_of_run(self, identifier: str | None) -> Drawn:
        return self._styles.run(identifier)

    def note(self, kind: str, identifier: str, has_own_mark: bool) -> str:
        return self._note(kind, identifier, has_own_mark)


def form_value(data: Element | None) -> str:
    """A ticked or empty box, or the chosen entry of a list; a text field has its value as the field's result."""
    if data is None:
        return ""
    if (box := child(data, "checkBox")) is not None:
        checked = child(box, "checked")
        return "☑" if truth(checked if checked is not None else child(box, "default")) else "☐"
    if (choice := child(data, "ddList")) is not None:
        entries = [value_of(entry) or "" for entry in children(choice, "listEntry")]
        chosen = child(choice, "result")
        place = number(value_of(chosen if chosen is not None else child(choice, "default")))
        return entries[place] if 0 <= place < len(entries) else ""
    return ""


def control_box(properties: Element | None) -> str:
    """The box of a content control with a tick; empty for other controls."""
    box = child(properties, "checkbox")
    if box is None:
        return ""
    return "☑" if truth(child(box, "checked")) else "☐"


def shows_placeholder(properties: Element | None) -> bool:
    """Whether a content control was never filled in."""
    return truth(child(properties, "showingPlcHdr"))


class _Walk:
    """One paragraph."""

    def __init__(self, reader: ParagraphReader, words: Words, drawn: Drawn, behind: Colour | None) -> None:
        self._reader = reader
        self._words = words
        self._line = Line()
        self._base = drawn
        self._behind = behind

    def walk(self, paragraph: Element) -> None:
        self._inside(paragraph, self._base, 0)
        self._words.text = self._line.text()

    def _inside(self, parent: Element, drawn: Drawn, depth: int) -> None:
        for element in children(parent):
            local = name(element)
            if local == "r":
                style = value_of(child(element, "rPr", "rStyle"))
                own = run_properties(child(element, "rPr"))
                inner = {**drawn, **self._reader.style_of_run(style), **own} if style or own else drawn
                self._inside(element, inner, depth + 1)
            elif local not in SKIPPED and depth < _MAX_DEPTH:
                self._element(local, element, drawn, depth)
            elif local in ("instrText", "delInstrText"):
                self._reader.code(element.text or "")

    def _element(self, local: str, element: Element, drawn: Drawn, depth: int) -> None:
        match local:
            case "t":
                self._add(in_font(element.text or "", drawn.get("font")), drawn)
            case "tab" | "ptab":
                self._add("\t", drawn)
            case "br" | "cr":
                self._add("\n", drawn)
            case "noBreakHyphen":
                self._add("-", drawn)
            case "sym":
                self._add(symbol(attribute(element, "char"), attribute(element, "font")), drawn)
            case "oMath" | "oMathPara":
                if not self._reader.is_silent:
                    self._line.add_apart(equation(element))
            case "footnoteReference" | "endnoteReference":
                own = switched(attribute(element, "customMarkFollows"))
                mark = self._reader.note(local.removesuffix("Reference"), attribute(element, "id") or "", own)
                self._add(mark, {**drawn, "level": 0})
            case "commentReference":
                self._words.comments.append(attribute(element, "id") or "")
            case "fldChar":
                self._put(self._reader.field(element), drawn)
            case "fldSimple":
                if not self._reader.is_page_field(attribute(element, "instr")):
                    self._inside(element, drawn, depth + 1)
            case "sdt":
                self._control(element, drawn, depth)
            case "AlternateContent":
                for form in alternatives(element):
                    self._inside(form, drawn, depth + 1)
            case "anchor" | "inline":
                self._drawing(element, drawn, depth)
            case "txbxContent":
                self._words.boxes.append((element, _fill(element), _vanished(drawn)))
            case "chart":
                self._words.charts.append(attribute(element, "id"))
            case "relIds":
                self._words.diagrams.append(element.getparent())
            case "subDoc":
                self._words.documents.append(attribute(element, "id"))
            case "OLEObject":
                self._words.objects.append(attribute(element, "ProgID") or "")
            case "textpath":
                self._apart(attribute(element, "string") or "", drawn)
            case "shape" | "rect" | "roundrect" | "oval":
                self._apart(described(attribute(element, "alt") or ""), drawn)
                self._inside(element, drawn, depth + 1)
            case _:
                self._inside(element, drawn, depth + 1)

    def _add(self, text: str, drawn: Drawn) -> None:
        if not self._reader.is_silent:
            self._reader.shown(text)
            self._put(text, drawn)

    def _put(self, text: str, drawn: Drawn) -> None:
        how = how_hidden(drawn, self._behind)
        # the page numbers of a table of contents are left out of the web view only
        if how is None and drawn.get("web") and not text.strip().isdecimal():
            how = "marked"
        if how is not None and text.strip():
            self._words.hidden.append((text, how))
            return
        level = raised(drawn)
        self._line.add(text, 1 if level > 0 else -1 if level < 0 else 0, _is_struck(drawn))

    def _apart(self, text: str, drawn: Drawn) -> None:
        if text.strip():
            self._add(f" {text.strip()} ", drawn)

    def _control(self, element: Element, drawn: Drawn, depth: int) -> None:
        properties, content = child(element, "sdtPr"), child(element, "sdtContent")
        if box := control_box(properties):
            self._add(box, drawn)
        elif content is not None and not shows_placeholder(properties):
            self._inside(content, drawn, depth + 1)

    def _drawing(self, element: Element, drawn: Drawn, depth: int) -> None:
        properties = child(element, "docPr")
        how: How | None = None
        if is_hidden_shape(properties) or _vanished(drawn):
            how = "marked"
        elif name(element) == "anchor" and _is_far(element):
            how = "outside"
        before = len(self._words.boxes)
        if how is None:
            self._apart(description(properties), drawn)
        elif found := description(properties):
            self._words.hidden.append((found, how))
        self._inside(element, drawn, depth + 1)
        if how is not None:
            self._words.boxes[before:] = [(box, behind, how) for box, behind, _ in self._words.boxes[before:]]


def _is_struck(drawn: Drawn) -> bool:
    return bool(drawn.get("strike") or drawn.get("dstrike"))


def _vanished(drawn: Drawn) -> How | None:
    return "marked" if drawn.get("vanish") else None


def _is_far(anchor: Element) -> bool:
    """Whether a floating shape lies beyond any page."""
    offsets = (number((found.text or "").strip()) for found in descendants(anchor, "posOffset"))
    return any(abs(offset) > _FAR for offset in offsets)


def _fill(box: Element) -> Colour | None:
    """The colour behind the text of a box, ``None`` unless the box itself is filled with one."""
    shape = box.getparent()
    while shape is not None and name(shape) not in ("wsp", "shape", "rect", "roundrect", "oval"):
        shape = shape.getparent()
    if shape is None:
        return None
    if name(shape) == "wsp":
        return drawing_colour(child(shape, "spPr", "solidFill"), {}, {})
    if switched(attribute(shape, "filled"), True) and child(shape, "fill") is None:
        return from_hex(attribute(shape, "fillcolor"))
    return None
