"""HWPX, the XML format of Hangul word processors: its section files in order, as the program shows them."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from chatbot.text.hidden import How
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import WHITE, Colour, unseen
from ingest.parsing.formats.hangul.equation import equation_text
from ingest.parsing.formats.hangul.hwpx_styles import Characters, Paragraphs, Styles, fill_of, read_styles
from ingest.parsing.formats.scripts import Run, joined
from ingest.parsing.formats.symbols import UNNAMED
from ingest.parsing.tables import Grid
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name, parse_xml

_SECTION = re.compile(r"Contents/section(\d+)\.xml$", re.I)
# other characters of private use have no meaning outside their font
_PRIVATE_USE = re.compile(r"[\U000f0000-\U0010ffff\ue000-\uf8ff]")
_SKIPPED = frozenset({"secPr", "linesegarray", "parameters", "shapeComment", "fieldEnd", "btn", "scrollBar"})
_MARKS = {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
# what Hangul itself writes about a picture or shape
_OWN_COMMENT = re.compile(r"\s*(?:\S{1,10}\s?){1,3}입니다\.", re.S)
_MAX_DEPTH = 20
_CELLS_PER_TABLE = 4


def parse(path: Path) -> ParsedDocument:
    with open_archive(path) as archive:
        manifest = archive.read_if_present("META-INF/manifest.xml")
        if manifest and next(descendants(parse_xml(manifest), "encryption-data"), None) is not None:
            raise DocumentRefused("The file is protected by a password. Save a copy without one.")
        sections = sorted(
            (int(match.group(1)), member) for member in archive.names if (match := _SECTION.match(member))
        )
        builder = DocumentBuilder()
        reader = _Reader(builder, read_styles(archive))
        for _, member in sections:
            try:
                reader.section(parse_xml(archive.read(member)))
            except DocumentRefused:
                if len(sections) == 1:
                    raise
                builder.problem(Phrase("its part {part} cannot be read", part=member[:100]))
        reader.end()
    return builder.finish("hwpx")


class _Reader:
    """Reads sections into ``builder``; numbers of paragraphs and notes go on from one to the next."""

    def __init__(self, builder: DocumentBuilder, styles: Styles) -> None:
        self._builder = builder
        self._styles = styles
        self._outline = "1"
        self._notes: list[str] = []
        self._note_count = 0
        self._footers: list[str] = []
        self._around: set[str] = set()  # headers and footers that are said already
        self._deleted = False

    def section(self, root: Element) -> None:
        properties = next(descendants(root, "secPr"), None)
        if properties is not None:
            self._outline = attribute(properties, "outlineShapeIDRef") or self._outline
        self._paragraphs(root, WHITE, 0)

    def end(self) -> None:
        for text in self._footers:
            self._builder.paragraph(text)

    def _paragraphs(self, parent: Element, ground: Colour | None, depth: int) -> None:
        for paragraph in children(parent, "p"):
            text, objects = self._paragraph(paragraph, ground)
            style = attribute(paragraph, "styleIDRef") or ""
            level = self._styles.headings.get(style)
            # outline styles also carry numbered body text in official papers: only short lines are headings
            if level and len(text) <= 80 and not text.rstrip().endswith((".", "다")):
                self._builder.heading(text, level, style in self._styles.titles)
            else:
                self._builder.paragraph(text)
            for found in objects:
                if name(found) == "tbl":
                    self._table(found, ground, depth)
                else:
                    self._inner(found, self._ground_of(found, ground), depth)
            notes, self._notes = self._notes, []
            for note in notes:
                self._builder.paragraph(note)

    def _inner(self, parent: Element, ground: Colour | None, depth: int) -> None:
        if depth < _MAX_DEPTH:
            self._paragraphs(parent, ground, depth + 1)
        elif next(descendants(parent, "t"), None) is not None:
            self._builder.problem("parts nested too deeply were left out")

    def _ground_of(self, inner: Element, ground: Colour | None) -> Colour | None:
        """The colour behind a text box; unknown where a picture or another shape may be."""
        shape = inner.getparent()
        shape = shape.getparent() if shape is not None and name(shape) == "drawText" else shape
        brush = child(shape, "fillBrush")
        return ground if shape is None or name(shape) == "tc" or brush is None else fill_of(shape)

    def _paragraph(self, paragraph: Element, ground: Colour | None) -> tuple[str, list[Element]]:
        """The words of a paragraph with its number, and the tables and text boxes anchored in it."""
        style = self._styles.of_style.get(attribute(paragraph, "styleIDRef") or "", ("", ""))
        look = self._styles.paragraphs.get(attribute(paragraph, "paraPrIDRef") or style[0], Paragraphs())
        if look.fill in self._styles.fills:
            ground = self._styles.fills[look.fill] or ground
        runs: list[Run] = []
        objects: list[Element] = []
        for run in children(paragraph):
            characters = self._styles.characters.get(attribute(run, "charPrIDRef") or style[1], Characters())
            self._run(run, characters, ground, runs, objects)
        text = joined(runs).replace("~~~~", "")
        text = _PRIVATE_USE.sub("", text.translate(UNNAMED))
        head = self._head(look)
        return (f"{head} {text.lstrip()}" if head and text.strip() else text), objects

    def _head(self, look: Paragraphs) -> str:
        if look.kind == "BULLET":
            return _PRIVATE_USE.sub("-", self._styles.bullets.get(look.reference, "-").translate(UNNAMED))
        if look.kind not in ("NUMBER", "OUTLINE"):
            return ""
        reference = self._outline if look.kind == "OUTLINE" else look.reference
        found = self._styles.numberings.get(reference)
        return found.next(look.level) if found is not None else ""

    def _run(
        self,
        run: Element,
        characters: Characters,
        ground: Colour | None,
        runs: list[Run],
        objects: list[Element],
    ) -> None:
        pending = [run]
        while pending:
            element = pending.pop()
            local = name(element)
            if local in ("tbl", "subList"):
                objects.append(element)
                if local == "tbl":
                    # a caption stands beside the cells
                    objects += [
                        found
                        for caption in children(element, "caption")
                        for found in children(caption, "subList")
                    ]
            elif local == "t":
                self._text(element, characters, ground, runs)
            elif (text := self._object(element, local)) is not None:
                if text:
                    runs.append((text, ""))
            elif local not in _SKIPPED:
                pending.extend(reversed(list(children(element))))

    def _text(self, element: Element, characters: Characters, ground: Colour | None, runs: list[Run]) -> None:
        parts: list[str] = [] if self._deleted else [element.text or ""]
        for mark in element:
            local = name(mark)
            if local in ("deleteBegin", "deleteEnd"):
                self._deleted = local == "deleteBegin"
            parts.append(_MARKS.get(local, ""))
            if not self._deleted:
                parts.append(mark.tail or "")
        text = "".join(parts)
        how = _hidden(characters, ground) if text.strip() else None
        if how is not None:
            self._builder.hidden(text, how)
        elif characters.is_struck and text.strip():
            runs += [("~~", ""), (text, characters.script), ("~~", "")]
        else:
            runs.append((text, characters.script))

    def _object(self, element: Element, local: str) -> str | None:
        """What something other than text says; ``None`` for what only holds other things."""
        if local == "equation":
            script = next(descendants(element, "script"), None)
            return equation_text("".join(script.itertext())) if script is not None else ""
        if local in ("footNote", "endNote"):
            return self._note(element)
        if local in ("header", "footer"):
            self._around_page(element, local)
        elif local == "hiddenComment":
            self._builder.hidden(self._words(element), "marked")
        elif local == "fieldBegin":
            is_memo = (attribute(element, "type") or "").upper() == "MEMO"
            words = self._words(element) if is_memo else ""
            return f" [Comment: {words}]" if words else ""
        elif local == "autoNum":
            is_caption = (attribute(element, "numType") or "").upper() in ("TABLE", "PICTURE", "EQUATION")
            return attribute(element, "num") or "" if is_caption else ""
        elif local in ("checkBtn", "radioBtn"):
            box = "☑" if (attribute(element, "value") or "").upper() == "CHECKED" else "☐"
            return f" {box} {attribute(element, 'caption') or ''}".rstrip() + " "
        elif local == "edit":
            return " " + " ".join("".join(found.itertext()) for found in children(element, "text")) + " "
        elif local in ("comboBox", "listBox"):
            return f" {attribute(element, 'selectedValue') or ''} "
        elif local == "compose":
            return attribute(element, "composeText") or ""
        elif local == "dutmal":
            texts = ["".join(found.itertext()) for found in children(element, "mainText", "subText")]
            return texts[0] + "".join(f"({text})" for text in texts[1:]) if texts else ""
        elif local == "pic":
            comment = " ".join("".join(found.itertext()) for found in children(element, "shapeComment"))
            if comment.strip() and not _OWN_COMMENT.match(comment):
                return f" [Picture: {' '.join(comment.split())}] "
            return None
        else:
            return None
        return ""

    def _note(self, element: Element) -> str:
        self._note_count += 1
        number = attribute(element, "number") or str(self._note_count)
        if words := self._words(element):
            self._notes.append(f"[{number}] {words}")
        return f" [{number}]"

    def _around_page(self, element: Element, local: str) -> None:
        """Headers and footers stand on each page; they are said once, a footer at the end."""
        words = self._words(element)
        if not any(map(str.isalpha, words)) or words in self._around:
            return
        self._around.add(words)
        if local == "footer":
            self._footers.append(words)
        else:
            self._builder.paragraph(words)

    def _words(self, element: Element) -> str:
        """The words of a note, header or comment on one line; tables and boxes in it included."""
        texts = (self._paragraph(paragraph, WHITE)[0].strip() for paragraph in descendants(element, "p"))
        return " ".join(filter(None, texts))

    def _table(self, table: Element, ground: Colour | None, depth: int) -> None:
        """A Markdown table, or its paragraphs one after the other where it frames text or other tables."""
        cells = [cell for row in children(table, "tr") for cell in children(row, "tc")]
        inner = sum(1 for cell in cells if next(descendants(cell, "tbl"), None) is not None)
        if len(cells) == 1 or inner * _CELLS_PER_TABLE > len(cells):
            for cell in cells:
                for content in children(cell, "subList"):
                    self._inner(content, self._fill(cell, ground), depth)
            return
        grid = Grid()
        for row in children(table, "tr"):
            grid.start_row()
            row_cells = list(children(row, "tc"))
            for cell in row_cells:
                address, span = child(cell, "cellAddr"), child(cell, "cellSpan")
                text = " ".join(
                    filter(
                        None,
                        (
                            self._paragraph(found, self._fill(cell, ground))[0].strip()
                            for found in descendants(cell, "p")
                        ),
                    )
                )
                grid.add(
                    text,
                    _number(span, "rowSpan") or 1,
                    _number(span, "colSpan") or 1,
                    _number(address, "colAddr"),
                )
            if row_cells and all(attribute(cell, "header") == "1" for cell in row_cells):
                grid.header_row()
        self._builder.table(grid.rows(), grid.told)

    def _fill(self, cell: Element, ground: Colour | None) -> Colour | None:
        reference = attribute(cell, "borderFillIDRef") or ""
        return self._styles.fills.get(reference, ground)


def _hidden(characters: Characters, ground: Colour | None) -> How | None:
    return unseen(characters.colour, characters.shade or ground, characters.size / 100)


def _number(element: Element | None, key: str) -> int | None:
    value = attribute(element, key) if element is not None else None
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 else None
