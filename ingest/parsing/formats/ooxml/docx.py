"""Word documents, read from their XML: python-docx leaves out content controls, text boxes and notes."""

from __future__ import annotations

from pathlib import Path

from ingest.parsing.archive import open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import WHITE, Colour, from_hex
from ingest.parsing.formats.ooxml.parts.charts import add_chart
from ingest.parsing.formats.ooxml.parts.diagrams import diagram_items
from ingest.parsing.formats.ooxml.parts.package import Package, truth
from ingest.parsing.formats.ooxml.parts.running import said_once
from ingest.parsing.formats.ooxml.word.around import by_id, notes_of, running_parts
from ingest.parsing.formats.ooxml.word.behind import paragraphs_on_pictures
from ingest.parsing.formats.ooxml.word.chunks import Chunks
from ingest.parsing.formats.ooxml.word.numbering import Label, Numbering
from ingest.parsing.formats.ooxml.word.runs import (
    SKIPPED,
    ParagraphReader,
    Words,
    control_box,
    shows_placeholder,
)
from ingest.parsing.formats.ooxml.word.styles import (
    ParagraphStyle,
    Styles,
    outline_level,
    run_properties,
    value_of,
)
from ingest.parsing.formats.ooxml.word.tables import WordTable
from ingest.parsing.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    dublin_core_title,
    name,
    parse_xml,
)

_MAX_DEPTH = 20
# longer ones are paragraphs that somebody gave the style of a heading
_MAX_HEADING = 300
_KINDS = ("footnote", "endnote")


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        package = Package(archive, builder)
        main = package.main("word/document.xml")
        root = parse_xml(archive.read(main))
        _Document(builder, package, main, root).read()
        title = dublin_core_title(archive, "docProps/core.xml")
    return builder.finish("docx", title)


class _Document:
    """What the parts of a document share: styles, lists, notes, comments."""

    def __init__(self, builder: DocumentBuilder, package: Package, main: str, root: Element) -> None:
        self.builder = builder
        self.package = package
        self._main = main
        self._root = root
        self.styles = Styles(self._related("styles"))
        self.numbering = Numbering(self._related("numbering"))
        self._settings = self._related("settings")
        self._notes = {kind: notes_of(kind, self._settings, root) for kind in _KINDS}
        self._comments = by_id(self._related("comments"), "comment")
        self.chunks = Chunks(builder, package)
        self.page = self._page_colour()
        self.on_pictures = paragraphs_on_pictures(root)

    def read(self) -> None:
        body = child(self._root, "body")
        if body is None:
            return
        self._running(body)
        reader = _PartReader(self, self._main)
        reader.blocks(body, 0, self.page)
        for kind in _KINDS:
            self._add_notes(kind)

    def comment(self, identifier: str) -> str:
        """``[Comment: ...]``, each once; empty for one that is not there or was said."""
        element = self._comments.pop(identifier, None)
        if element is None:
            return ""
        part = self.package.beside(self._main, "comments")
        text = " ".join(_PartReader(self, part).lines(element, 0, self.page))
        return f"[Comment: {text}]" if text else ""

    def note(self, kind: str, identifier: str, has_own_mark: bool) -> str:
        return self._notes[kind].mark(identifier, has_own_mark)

    def _related(self, kind: str) -> Element | None:
        part = self.package.beside(self._main, kind)
        return self.package.xml(part) if part else None

    def _page_colour(self) -> Colour | None:
        """The colour of the page: white unless it has one that is shown."""
        colour = (
            from_hex(attribute(background, "color"))
            if (background := child(self._root, "background")) is not None
            else None
        )
        return (
            colour if colour is not None and truth(child(self._settings, "displayBackgroundShape")) else WHITE
        )

    def _running(self, body: Element) -> None:
        texts: list[tuple[str, str]] = []
        for part, (place, shown) in running_parts(self.package, self._main, body, self._settings).items():
            root = self.package.xml(part)
            if root is None:
                continue
            lines = "\n".join(_PartReader(self, part, is_running=True).lines(root, 0, self.page))
            if shown:
                texts.append((place, lines))
            else:
                self.builder.hidden(lines, "marked")
        for line in said_once(texts):
            self.builder.paragraph(line)

    def _add_notes(self, kind: str) -> None:
        part = self.package.beside(self._main, f"{kind}s")
        if not part:
            return
        elements = by_id(self.package.xml(part), kind)
        reader = _PartReader(self, part)
        # a note may refer to another one: the list grows while it is read
        notes = self._notes[kind]
        for identifier in notes.order:
            mark = notes.marks[identifier]
            element = elements.pop(identifier, None)
            text = " ".join(reader.lines(element, 0, self.page)) if element is not None else ""
            if text.strip():
                self.builder.paragraph(f"[{mark}] {text}" if mark else text)
        for element in elements.values():
            # no reference leads to it: it is on no page
            for line in reader.lines(element, 0, self.page):
                self.builder.hidden(line, "marked")


class _PartReader:
    """Reads one part: the body, a header, the notes."""

    def __init__(self, document: _Document, part: str, is_running: bool = False) -> None:
        self._document = document
        self._builder = document.builder
        self._part = part
        self._paragraphs = ParagraphReader(document.styles, document.note, is_running)
        self._code: list[str] = []

    def blocks(self, parent: Element, depth: int, behind: Colour | None) -> None:
        """Paragraphs and tables in order, those inside content controls and insertions too."""
        for element in children(parent):
            local = name(element)
            if local == "p":
                self._paragraph(element, depth, behind)
            elif local == "tbl":
                self._end_code()
                self._table(element, depth, behind)
            elif local == "altChunk":
                self._end_code()
                self._document.chunks.add(self._part, attribute(element, "id"))
            elif local == "sdt":
                self._control(element, depth, behind)
            elif local not in SKIPPED:
                self._inner(element, depth, behind)
        if depth == 0:
            self._end_code()

    def lines(self, parent: Element, depth: int, behind: Colour | None) -> list[str]:
        """The text of a part or cell, a line for each paragraph and row; for places that have no blocks."""
        found: list[str] = []
        for element in children(parent):
            local = name(element)
            if local == "p":
                words, label, _ = self._read(element, behind)
                found.append(_labelled(words.text, label))
                for box, colour, how in words.boxes:
                    inner = self.lines(box, depth + 1, colour) if depth < _MAX_DEPTH else []
                    if how is None:
                        found += inner
                    else:
                        self._builder.hidden(" ".join(inner), how)
                found += map(self._document.comment, words.comments)
                self._after(words)
            elif local == "tbl" and depth < _MAX_DEPTH:
                table = WordTable(element, self._document.styles, behind)
                rows = table.texts(lambda cell, colour: " ".join(self.lines(cell, depth + 1, colour)))
                found += [" | ".join(filter(None, row)) for row in rows]
            elif local == "altChunk":
                found += self._document.chunks.lines(self._part, attribute(element, "id"))
            elif local not in SKIPPED:
                if depth < _MAX_DEPTH and not shows_placeholder(child(element, "sdtPr")):
                    found += self.lines(element, depth + 1, behind)
                elif next(descendants(element, "t"), None) is not None and depth >= _MAX_DEPTH:
                    self._builder.problem("parts nested too deeply were left out")
        return [line.strip() for line in found if line.strip()]

    def _inner(self, parent: Element, depth: int, behind: Colour | None) -> None:
        if depth < _MAX_DEPTH:
            self.blocks(parent, depth + 1, behind)
        elif next(descendants(parent, "t"), None) is not None:
            self._builder.problem("parts nested too deeply were left out")

    def _control(self, element: Element, depth: int, behind: Colour | None) -> None:
        properties, content = child(element, "sdtPr"), child(element, "sdtContent")
        if box := control_box(properties):
            self._builder.paragraph(box)
        elif content is not None and not shows_placeholder(properties):
            self._inner(content, depth, behind)

    def _read(self, paragraph: Element, behind: Colour | None) -> tuple[Words, Label | None, ParagraphStyle]:
        properties = child(paragraph, "pPr")
        identifier = value_of(child(properties, "pStyle"))
        style = self._document.styles.paragraph(identifier)
        if behind == self._document.page and paragraph in self._document.on_pictures:
            behind = None
        words = self._paragraphs.read(paragraph, style, behind)
        for text, how in words.hidden:
            self._builder.hidden(text, how)
        mark = run_properties(child(properties, "rPr"))
        if words.hidden and not words.text.strip() and mark.get("vanish"):
            return words, None, style  # hidden as a whole: Word does not count it
        return words, self._label(properties, identifier, style), style

    def _label(
        self, properties: Element | None, identifier: str | None, style: ParagraphStyle
    ) -> Label | None:
        numbering = child(properties, "numPr")
        list_id = value_of(child(numbering, "numId"))
        level = value_of(child(numbering, "ilvl"))
        list_id = style.list_id if list_id is None else list_id
        if not list_id or list_id == "0":  # 0 takes the numbering of the style away
            return None
        lists = self._document.numbering
        if level is not None and level.isdecimal():
            place = int(level[:3])
        else:
            linked = self._document.styles.linked_styles(identifier)
            places = (lists.level_of_style(list_id, name_) for name_ in linked)
            place = next(filter(None, places), style.list_level or 0)
        return lists.label(list_id, place) or Label("", place, True)

    def _paragraph(self, paragraph: Element, depth: int, behind: Colour | None) -> None:
        words, label, style = self._read(paragraph, behind)
        text = words.text
        level = outline_level(child(paragraph, "pPr")) or style.heading
        if style.code and not level:
            self._code.append(text)
        elif text.strip():
            self._end_code()
            if level and len(text) <= _MAX_HEADING:
                self._builder.heading(_labelled(text, label), level, style.is_title and level == 1)
            elif label is not None:
                self._builder.list_item(text, label.level, label.text or "-")
            else:
                self._builder.paragraph(text)
        self._beside(words, depth)
        self._after(words)
        for identifier in words.comments:
            self._builder.paragraph(self._document.comment(identifier))

    def _beside(self, words: Words, depth: int) -> None:
        """Text boxes, after the paragraph that they are anchored in."""
        for box, colour, how in words.boxes:
            if how is None:
                self._inner(box, depth, colour)
            elif depth < _MAX_DEPTH:
                self._builder.hidden(" ".join(self.lines(box, depth + 1, colour)), how)

    def _after(self, words: Words) -> None:
        """Diagrams, charts, inserted documents and objects of a paragraph."""
        for identifier in words.documents:
            self._document.chunks.add(self._part, identifier)
        for frame in words.diagrams:
            items = diagram_items(self._document.package, self._part, frame)
            if items is None:
                self._builder.problem("a diagram could not be read")
            for depth, text in items or ():
                self._builder.list_item(text, depth)
        for chart in words.charts:
            add_chart(self._builder, self._document.package, self._part, chart)
        for program in words.objects:
            is_equation = program.startswith(("Equation", "MathType"))
            self._builder.problem(
                "equations that are kept as pictures were not read"
                if is_equation
                else "embedded files were not read"
            )

    def _end_code(self) -> None:
        lines, self._code = self._code, []
        if lines:
            self._builder.code("\n".join(lines))

    def _table(self, element: Element, depth: int, behind: Colour | None) -> None:
        """A Markdown table, or its content in order where the table frames text or other tables."""
        table = WordTable(element, self._document.styles, behind)
        if table.frames_text:
            for cell in table.cells:
                self._inner(cell, depth, table.behind(cell))
        else:
            self._builder.table(
                table.texts(lambda cell, colour: " ".join(self.lines(cell, depth + 1, colour))), table.told
            )
        for cell in table.hidden_cells:
            self._builder.hidden(" ".join(self.lines(cell, depth + 1, behind)), "marked")


def _labelled(text: str, label: Label | None) -> str:
    return f"{label.text} {text}" if label is not None and label.text and text.strip() else text
