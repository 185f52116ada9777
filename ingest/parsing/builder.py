"""A builder of parsed documents: pieces that a parser reads become one text with marks, within fixed limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from chatbot.errors import DocumentRefused, Missing, OcrMissing, Phrase
from chatbot.text.hidden import HiddenText, How
from ingest.parsing.clean import one_line, squeezed, storable
from ingest.parsing.document import Block, BlockKind, Page, ParsedDocument
from ingest.parsing.forms import Told
from ingest.parsing.limits import MAX_HIDDEN, MAX_HIDDEN_PIECES, MAX_LABEL, MAX_TITLE, TextMeter
from ingest.parsing.limits import MAX_PAGES as MAX_PAGES
from ingest.parsing.tables import markdown_table

# a file may have a problem with each of its thousand parts
_MAX_PROBLEMS = 20
_MAX_PROBLEM = 300  # characters of what it names, a list of attachments say
# a sentence each: Korean counts pages, slides and sheets with words of their own
_CUT_OFF = {
    "pages": "only the first {count} of {total} pages were read",
    "slides": "only the first {count} of {total} slides were read",
    "sheets": "only the first {count} of {total} sheets were read",
}
_NOT_READ = (
    "No text was found, and part of the file was not read: {problems}. "
    "Open it in its own program, save it as PDF and try again."
)
_ONLY_HIDDEN = (
    "Nobody who opens this file sees a word: all of its {count} words are hidden in it (white, tiny, switched off). "
    "If they are meant to be read, show them and save the file again."
)


class DocumentBuilder:
    """Appends blocks separated by a blank line; stops at ``MAX_TEXT`` and ``MAX_PAGES`` and says so in ``partial``."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._meter = TextMeter()
        self._blocks: list[Block] = []
        self._pages: list[Page] = []
        self._page: tuple[int, int, str] | None = None
        self._title = ""
        self._problems: list[str] = []
        self._items: list[str] = []
        self._hidden: list[HiddenText] = []
        self._hidden_chars = 0
        self._hidden_words = 0
        self.full = False
        self.missing: Missing = ""

    def heading(self, text: str, level: int, is_title: bool = False) -> None:
        """One line; ``level`` is held to 1-6. The first of all headings names the document where it ``is_title``."""
        if is_title and all(block.kind != "heading" for block in self._blocks):
            self._title = text
        self._append("heading", one_line(text), min(max(level, 1), 6))

    def paragraph(self, text: str) -> None:
        self._append("paragraph", squeezed(text))

    def list_item(self, text: str, depth: int = 0, marker: str = "-") -> None:
        """Items that follow each other become one paragraph, a line each."""
        if text := squeezed(text):
            self._items.append("  " * min(depth, 8) + f"{marker} " + text.replace("\n", " "))

    def code(self, text: str) -> None:
        self._append("code", storable(text).strip("\n").rstrip())

    def table(self, rows: Iterable[Sequence[str]], told: Told = "") -> None:
        """A Markdown table; the first row is its header. A table of one column becomes plain lines, and so does a form.

        ``told``: whether the format says that there is a header, or labels.
        """
        for kind, text in markdown_table(rows, told):
            self._append(kind, text)

    def long_table(self, parts: Sequence[Sequence[Sequence[str]]], number: int) -> None:
        """A table that goes on over pages: the rows on page ``number``, which is open, on the next one, and so on.

        The last of these pages is open afterwards.
        """
        blocks = list(markdown_table((row for rows in parts for row in rows), "header"))
        for kind, text in blocks:
            self._append(kind, text)
        if not blocks or self.full:
            return
        # a line for each row with words; counted from the end, for titles above the table are no rows of it
        lines, place = blocks[-1][1].split("\n"), self._length
        breaks: list[tuple[int, int]] = []
        for page, rows in reversed(list(enumerate(parts[1:], number + 1))):
            count = sum(any(map(one_line, row)) for row in rows)
            if not 0 < count < len(lines):
                break
            start = place - sum(len(line) + 1 for line in lines[-count:]) + 1
            breaks.append((page, start))
            lines, place = lines[:-count], start - 1
        for page, start in reversed(breaks):
            self._turn_page(page, start)

    def _turn_page(self, number: int, place: int) -> None:
        """The open page ends with the line before ``place``, where the next one begins."""
        if self._page is not None:
            opened, start, label = self._page
            self._pages.append(Page(opened, start + (2 if start else 0), place - 1, label))
            self._page = (number, place - 2, "")

    def nested(self, document: ParsedDocument, level: int) -> None:
        """A document that was parsed by itself, as it is; its headings go ``level`` deeper. Its pages are not kept."""
        hidden = list(document.hidden)
        for block in document.blocks:
            while hidden and hidden[0].place <= block.start:
                piece = hidden.pop(0)
                self.hidden(piece.text, piece.how)
            deeper = min(block.level + level, 6) if block.level else 0
            self._append(block.kind, document.text[block.start : block.end], deeper)
        for piece in hidden:
            self.hidden(piece.text, piece.how)

    def start_page(self, number: int, label: str = "") -> None:
        self.end_page()
        if len(self._pages) >= MAX_PAGES and not self.full:
            self.full = True
            self.problem(Phrase("only the first {count} pages were read", count=f"{MAX_PAGES:,}"))
        self._page = (number, self._length, one_line(label)[:MAX_LABEL])

    def end_page(self) -> None:
        """Closes the open page; a page without text leaves no mark."""
        self._flush_items()
        if self._page is None:
            return
        number, start, label = self._page
        self._page = None
        if self._length > start:
            # the blank line between two pages belongs to neither
            start += 2 if start else 0
            self._pages.append(Page(number, start, self._length, label))

    def problem(self, reason: str) -> None:
        """Part of the file could not be read: the document will count as partial."""
        reason = Phrase.cleaned(reason, lambda text: one_line(text)[:_MAX_PROBLEM])
        if len(self._problems) < _MAX_PROBLEMS and reason not in self._problems:
            self._problems.append(reason)

    def cut_off(self, kind: Literal["pages", "sheets", "slides"], read: int, total: int) -> None:
        """Tells that a file has more parts of a kind (``total``) than the ``read`` that fit; nothing where it has not."""
        if total > read:
            self.problem(Phrase(_CUT_OFF[kind], count=f"{read:,}", total=f"{total:,}"))

    def hidden(self, text: str, how: How) -> None:
        """Words that no reader of the original sees: kept apart from the text. See ``chatbot.text.hidden``."""
        if not (text := one_line(text)):
            return
        self._hidden_words += len(text.split())
        # a space joins what stands at one place
        text = text[: max(MAX_HIDDEN - self._hidden_chars - 1, 0)]
        last = self._hidden[-1] if self._hidden else None
        if not text:
            return
        if last is not None and (last.place, last.how) == (self._length, how):
            self._hidden[-1] = HiddenText(self._length, f"{last.text} {text}", how)
        elif len(self._hidden) < MAX_HIDDEN_PIECES:
            self._hidden.append(HiddenText(self._length, text, how))
        else:
            return
        self._hidden_chars += len(text) + 1

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._problems)

    @property
    def hidden_words(self) -> int:
        return self._hidden_words

    def finish(
        self, file_format: str, title: str = "", empty: str = "", explains: bool = False
    ) -> ParsedDocument:
        """The document, or ``DocumentRefused(empty)`` when no text was found. ``title`` is what the file says of itself.

        ``explains``: ``empty`` says itself what was not read; else the problems are named in its place.
        """
        self.end_page()
        if not self._blocks and self._hidden_words:
            raise DocumentRefused(_ONLY_HIDDEN, count=f"{self._hidden_words:,}")
        if not self._blocks and self._problems and not explains:
            raise DocumentRefused(_NOT_READ, problems=Phrase.joined(self._problems))
        if not self._blocks:
            kind = OcrMissing if self.missing else DocumentRefused
            raise kind(empty or "There is no text in this file. Nothing to index; remove it or replace it.")
        return ParsedDocument(
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            pages=tuple(self._pages),
            title=one_line((title.strip() or self._title)[: 10 * MAX_TITLE])[:MAX_TITLE],
            format=file_format,
            partial=Phrase.joined(self._problems),
            missing=self.missing,
            hidden=tuple(self._hidden),
            hidden_words=self._hidden_words,
        )

    def _flush_items(self) -> None:
        items, self._items = self._items, []
        if items:
            self._append("paragraph", "\n".join(items))

    def _append(self, kind: BlockKind, text: str, level: int = 0) -> None:
        self._flush_items()
        if not text.strip() or self.full:
            return
        separator = "\n\n" if self._parts else ""
        if len(fitting := self._meter.take(separator + text)) < len(separator) + len(text):
            self.full = True
            text = fitting[len(separator) :].rstrip()
            self.problem(
                Phrase("only the first {count} characters were read", count=f"{self._length + len(text):,}")
            )
            if not text:
                return
        self._parts += [separator, text] if separator else [text]
        start = self._length + len(separator)
        self._length = start + len(text)
        self._blocks.append(Block(kind, start, self._length, level))
