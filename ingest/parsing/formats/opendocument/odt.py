"""OpenDocument text: headings, paragraphs, lists and tables of content.xml, and what stands around them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from chatbot.text.hidden import How
from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import WHITE, Colour, unseen
from ingest.parsing.formats.mathml import formula_text
from ingest.parsing.formats.opendocument.odt_controls import controls_of, fieldmark
from ingest.parsing.formats.opendocument.odt_styles import (
    Characters,
    ListState,
    Styles,
    number_or,
    start_value,
)
from ingest.parsing.formats.scripts import Run, joined
from ingest.parsing.formats.symbols import in_font
from ingest.parsing.tables import Grid
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

_SKIPPED = frozenset(
    {"tracked-changes", "sequence-decls", "forms", "table-of-content", "bookmark", "variable-decls", "user-field-decls",
     "change", "change-start", "change-end", "annotation-end", "desc", "title", "image", "dde-connection-decls"}
)  # fmt: skip
_SHAPES = frozenset(
    {"custom-shape", "rect", "ellipse", "circle", "polygon", "path", "line", "connector", "caption"}
)
# levels of text boxes inside paragraphs of text boxes; real documents have fewer than five, the XML parser allows 256
_MAX_DEPTH = 30
# longer ones are paragraphs that somebody gave the style of a title
_MAX_TITLE = 300
_MAX_COLUMNS = 200
_MAX_ROWS = 100  # that a row stands for
_MAX_OBJECTS = 1_000


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        manifest = archive.read_if_present("META-INF/manifest.xml")
        if manifest and next(descendants(parse_xml(manifest), "encryption-data"), None) is not None:
            raise DocumentRefused("The file is protected by a password. Save a copy without one.")
        root = parse_xml(archive.read("content.xml"))
        title = dublin_core_title(archive, "meta.xml")
        styles = _optional(archive, "styles.xml")
        reader = _Reader(
            builder, archive, Styles([found for found in (styles, root) if found is not None]), root
        )
        body = child(root, "body", "text")
        around = list(descendants(styles, "master-page")) if styles is not None else []
        reader.around(around, "header")
        if body is not None:
            reader.blocks(body, Characters(), WHITE, 0)
        reader.around(around, "footer")
    return builder.finish("odt", title)


def _optional(archive: Archive, member: str) -> Element | None:
    data = archive.read_if_present(member)
    try:
        return parse_xml(data) if data else None
    except DocumentRefused:
        return None  # without its styles the text is still there


class _Reader:
    """Reads the body into ``builder``; numbers of lists go on from one list to the next where the file says so."""

    def __init__(self, builder: DocumentBuilder, archive: Archive, styles: Styles, root: Element) -> None:
        self._builder = builder
        self._archive = archive
        self._styles = styles
        self._controls = controls_of(root)
        self._outline = ListState(styles.outline)
        self._lists: dict[str, ListState] = {}  # by their style and by their id
        self._last = ListState({})
        self._notes: list[str] = []
        self._said: set[str] = set()
        self._objects = 0
        self._has_pictures = next(descendants(root, "image"), None) is not None

    def around(self, pages: list[Element], kind: str) -> None:
        """Headers or footers, each text once; a page number alone says nothing."""
        for page in pages:
            for element in children(page, kind, f"{kind}-left", f"{kind}-first"):
                if attribute(element, "display") == "false":
                    continue
                text = " ".join(self._lines(element, Characters(), WHITE, 0))
                if any(map(str.isalpha, text)) and text not in self._said:
                    self._said.add(text)
                    self._builder.paragraph(text)

    def blocks(self, parent: Element, look: Characters, ground: Colour | None, depth: int) -> None:
        if depth > _MAX_DEPTH:
            self._builder.problem("parts nested too deeply were left out")
            return
        for element in children(parent):
            local = name(element)
            if local in ("h", "p"):
                self._paragraph(element, look, ground, depth)
            elif local == "list":
                self._list(element, self._state_of(element), look, ground, 0)
            elif local == "table":
                self._table(element, look, ground, depth)
                self._say_notes()
            elif local == "section" and _is_off(element):
                self._builder.hidden(" ".join(element.itertext()), "marked")
            elif local in ("frame", "g") or local in _SHAPES:
                self._frame(element, look, ground, depth)
            elif local not in _SKIPPED:
                self.blocks(element, look, ground, depth + 1)

    def _paragraph(
        self,
        element: Element,
        look: Characters,
        ground: Colour | None,
        depth: int,
        marker: str | None = None,
        level: int = 0,
    ) -> None:
        """A heading, paragraph or list item (with a ``marker``), and after it its notes and text boxes."""
        text, boxes = self._text(element, look, ground)
        if name(element) == "h":
            outline = number_or(attribute(element, "outline-level"), 1)
            number = marker if marker is not None and marker != "-" else ""
            if (
                marker is None
                and text.strip()
                and self._styles.list_of_paragraph(attribute(element, "style-name")) != ""
            ):
                number = (
                    self._outline.next(outline - 1, start_value(element))
                    if outline - 1 in self._styles.outline
                    else ""
                )
            self._builder.heading(f"{number} {text}" if number else text, outline)
        elif marker is None and self._is_title(element, text):
            self._builder.heading(text, 1, is_title=True)
        elif marker is None:
            self._builder.paragraph(text)
        elif text.strip():
            self._builder.list_item(text, level, marker)
        for box in boxes:
            self._frame(box, look, ground, depth + 1)
        self._say_notes()

    def _say_notes(self) -> None:
        notes, self._notes = self._notes, []
        for note in notes:
            self._builder.paragraph(note)

    def _frame(self, frame: Element, look: Characters, ground: Colour | None, depth: int) -> None:
        """A text box, shape, embedded chart or table."""
        if depth > _MAX_DEPTH:
            self._builder.problem("parts nested too deeply were left out")
            return
        ground_inside = self._styles.fill(
            attribute(frame, "style-name"),
            # a box without a fill may stand on a picture
            None if self._has_pictures else ground,
        )
        if name(frame) in _SHAPES:
            self.blocks(frame, look, ground_inside, depth + 1)
            return
        for inner in children(frame):
            if name(inner) == "text-box":
                self.blocks(inner, look, ground_inside, depth + 1)
            elif name(inner) in ("frame", "g") or name(inner) in _SHAPES:
                self._frame(inner, look, ground, depth + 1)
            elif (
                name(inner) == "object" and (root := self._object(inner)) is not None and name(root) != "math"
            ):
                for table in descendants(root, "table"):
                    self._table(table, Characters(), WHITE, depth)
            elif name(inner) == "object-ole":
                self._builder.problem("embedded objects of other programs were not read")

    def _object(self, element: Element) -> Element | None:
        """The root of an embedded document: within the element, or in a folder of the archive."""
        for inner in children(element):
            return inner
        self._objects += 1
        reference = attribute(element, "href") or ""
        member = posixpath.normpath(posixpath.join(reference, "content.xml"))
        root = _optional(self._archive, member) if reference and self._objects <= _MAX_OBJECTS else None
        if root is None:
            self._builder.problem(Phrase("its part {part} cannot be read", part=reference[:100]))
        return root

    def _state_of(self, element: Element) -> ListState:
        """The numbers of a list: those of the list that it continues, else new ones."""
        style = attribute(element, "style-name") or ""
        continued = self._lists.get(f"#{attribute(element, 'continue-list')}")
        if continued is None and attribute(element, "continue-numbering") == "true":
            continued = self._lists.get(style)
        state = continued or ListState(self._styles.list_levels(style) or {})
        self._lists[style] = state
        if key := attribute(element, "id"):
            self._lists[f"#{key}"] = state
        return state

    def _list(
        self, element: Element, state: ListState, look: Characters, ground: Colour | None, depth: int
    ) -> None:
        for item, inner, marker in self._items(element, state, depth):
            if name(inner) == "list":
                if depth < _MAX_DEPTH:
                    own = self._styles.list_levels(attribute(inner, "style-name"))
                    self._list(
                        inner,
                        ListState(own) if own and own != state.levels else state,
                        look,
                        ground,
                        depth + 1,
                    )
                else:
                    self._builder.problem("parts nested too deeply were left out")
            elif name(inner) in ("h", "p"):
                self._paragraph(inner, look, ground, depth, marker, depth)
            else:
                self.blocks(item, look, ground, depth + 1)

    def _is_title(self, element: Element, text: str) -> bool:
        return len(text) <= _MAX_TITLE and self._styles.is_title(attribute(element, "style-name"))

    def _items(
        self, element: Element, state: ListState, depth: int
    ) -> Iterator[tuple[Element, Element, str]]:
        """(item, what is in it, its marker): only the first paragraph of an item has one."""
        for item in children(element, "list-item", "list-header"):
            fresh = name(item) == "list-item"
            for inner in children(item):
                marker = ""
                if fresh and name(inner) in ("h", "p"):
                    marker, fresh = state.next(depth, start_value(item)), False
                yield item, inner, marker

    def _table(self, table: Element, look: Characters, ground: Colour | None, depth: int) -> None:
        grid = Grid()
        self._add_rows(grid, table, look, ground, depth, False)
        self._builder.table(grid.rows(), grid.told)

    def _add_rows(
        self,
        grid: Grid,
        parent: Element,
        look: Characters,
        ground: Colour | None,
        depth: int,
        is_header: bool,
    ) -> None:
        for row in children(parent):
            if name(row) in ("table-header-rows", "table-rows", "table-row-group"):
                self._add_rows(grid, row, look, ground, depth, name(row) == "table-header-rows")
            if name(row) != "table-row":
                continue
            if self._styles.is_row_hidden(row):
                self._builder.hidden(" ".join(row.itertext()), "marked")
                continue
            texts = [
                (
                    cell,
                    " ".join(
                        self._lines(
                            cell,
                            look,
                            self._styles.ground("table-cell", attribute(cell, "style-name"), ground),
                            depth,
                        )
                    ),
                )
                for cell in children(row, "table-cell")
            ]
            repeated = number_or(attribute(row, "number-rows-repeated"), 1)
            for _ in range(min(repeated, _MAX_ROWS) if any(text for _, text in texts) else 1):
                grid.start_row()
                for cell, text in texts:
                    down = number_or(attribute(cell, "number-rows-spanned"), 1)
                    across = number_or(attribute(cell, "number-columns-spanned"), 1)
                    # sheets repeat their last empty cell a thousand times
                    for _ in range(
                        min(number_or(attribute(cell, "number-columns-repeated"), 1), _MAX_COLUMNS)
                    ):
                        grid.add(text, max(down, 1), across)
                if is_header:
                    grid.header_row()

    def _lines(self, parent: Element, look: Characters, ground: Colour | None, depth: int) -> list[str]:
        """The words of a cell, note or header, a piece for each paragraph; lists with their numbers."""
        found: list[str] = []
        if depth > _MAX_DEPTH:
            self._builder.problem("parts nested too deeply were left out")
            return found
        for element in children(parent):
            local = name(element)
            if local in ("p", "h"):
                text, boxes = self._text(element, look, ground)
                found.append(text.strip())
                for box in boxes:
                    found += self._lines(box, look, None, depth + 1)
            elif local == "list":
                state = self._state_of(element)
                for _, inner, marker in self._items(element, state, 0):
                    if name(inner) in ("p", "h"):
                        text = self._text(inner, look, ground)[0].strip()
                        found.append(f"{marker} {text}" if marker not in ("", "-") else text)
                    else:
                        found += self._lines(inner, look, ground, depth + 1)
            elif local not in _SKIPPED:
                found += self._lines(element, look, ground, depth + 1)
        return [text for text in found if text]

    def _text(self, element: Element, look: Characters, ground: Colour | None) -> tuple[str, list[Element]]:
        """The words of a paragraph, and the boxes that are anchored in it."""
        style = attribute(element, "style-name")
        look = self._styles.characters("paragraph", style, look)
        ground = self._styles.ground("paragraph", style, ground)
        if any(attribute(mark, "is-hidden") == "true" for mark in descendants(element, "hidden-paragraph")):
            look = replace(look, is_hidden=True)
        runs: list[Run] = []
        boxes: list[Element] = []
        self._inline(element, look, ground, runs, boxes, 0)
        return joined(runs), boxes

    def _inline(
        self,
        element: Element,
        look: Characters,
        ground: Colour | None,
        runs: list[Run],
        boxes: list[Element],
        depth: int,
    ) -> None:
        if depth > 3 * _MAX_DEPTH:
            self._builder.problem("parts nested too deeply were left out")
            return
        self._add(element.text, look, ground, runs)
        for inner in element:
            local = name(inner)
            if local == "s":
                runs.append((" " * min(number_or(attribute(inner, "c"), 1), 100), ""))
            elif local == "tab":
                runs.append(("\t", ""))
            elif local == "line-break":
                runs.append(("\n", ""))
            elif local == "note":
                self._note(inner, runs)
            elif local == "annotation":
                words = " ".join(self._lines(inner, Characters(), WHITE, 0))
                if words:
                    self._notes.append(f"[Comment: {words}]")
            elif local in ("hidden-text", "hidden-paragraph"):
                if attribute(inner, "is-hidden") == "false":
                    self._inline(inner, look, ground, runs, boxes, depth + 1)
                else:
                    self._builder.hidden(
                        "".join(inner.itertext()) or attribute(inner, "string-value") or "", "marked"
                    )
            elif local == "ruby-text":
                self._add(f"({''.join(inner.itertext())})", look, ground, runs)
            elif local == "fieldmark":
                runs.append((fieldmark(inner), ""))
            elif local == "control":
                runs.append((f" {self._controls.get(attribute(inner, 'control') or '', '')} ", ""))
            elif local in ("frame", "g") or local in _SHAPES:
                self._anchored(inner, runs, boxes)
            elif local and local not in _SKIPPED:
                inner_look = look
                if local in ("span", "a"):
                    inner_look = self._styles.characters("text", attribute(inner, "style-name"), look)
                self._inline(inner, inner_look, ground, runs, boxes, depth + 1)
            self._add(inner.tail, look, ground, runs)

    def _anchored(self, frame: Element, runs: list[Run], boxes: list[Element]) -> None:
        """A formula stands in its line; a picture is said by its text; everything else comes after the paragraph."""
        for inner in children(frame, "object"):
            root = self._object(inner)
            if root is not None and name(root) == "math":
                runs.append((formula_text(root), ""))
                return
        boxes.append(frame)
        if name(frame) == "frame" and next(children(frame, "text-box"), None) is None:
            texts = [
                " ".join("".join(found.itertext()).split()) for found in children(frame, "desc", "title")
            ]
            if text := max(texts, key=len, default=""):
                runs.append((f" [Picture: {text}] ", ""))

    def _note(self, note: Element, runs: list[Run]) -> None:
        citation = child(note, "note-citation")
        mark = "".join(citation.itertext()).strip() if citation is not None else ""
        body = child(note, "note-body")
        words = " ".join(self._lines(body, Characters(), WHITE, 0)) if body is not None else ""
        if words:
            mark = mark or str(len(self._notes) + 1)
            runs.append((mark, "mark"))
            self._notes.append(f"[{mark}] {words}")

    def _add(self, text: str | None, look: Characters, ground: Colour | None, runs: list[Run]) -> None:
        if not text:
            return
        text = in_font(text, look.font)
        if text.strip() and (how := _hidden(look, ground)) is not None:
            self._builder.hidden(text, how)
        elif look.is_struck and text.strip():
            runs += [("~~", ""), (text, look.script), ("~~", "")]
        else:
            runs.append((text, look.script))


def _is_off(section: Element) -> bool:
    if attribute(section, "display") == "condition":
        return attribute(section, "is-hidden") == "true"
    return attribute(section, "display") == "none"


def _hidden(look: Characters, ground: Colour | None) -> How | None:
    if look.is_hidden:
        return "marked"
    if look.is_clear:
        return "transparent"
    return unseen(look.colour, look.shade or ground, look.size)
