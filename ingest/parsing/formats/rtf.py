"""RTF: words and paragraphs, in the code page that each font declares."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.errors import Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.limits import MAX_TEXT

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I
)
# groups whose text is not part of the document
_DESTINATIONS = frozenset(
    b"fonttbl colortbl stylesheet info pict header footer headerl headerr footerl footerr object themedata "
    b"colorschememapping latentstyles datastore generator listtable listoverridetable rsidtbl xmlnstbl fldinst "
    b"bkmkstart bkmkend nonshppict shppict mmathPr ftnsep ftnsepc pgdsctbl filetbl revtbl".split()
)
_CHARSETS = {
    129: "cp949",
    128: "cp932",
    134: "gbk",
    136: "cp950",
    204: "cp1251",
    161: "cp1253",
    162: "cp1254",
    238: "cp1250",
}
_SPECIAL = {b"tab": "\t", b"line": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
            b"bullet": "•", b"endash": "–", b"emdash": "—", b"emspace": " ", b"enspace": " "}  # fmt: skip
_FONT = re.compile(rb"\\f(\d+)[^{};]{0,100}?\\fcharset(\d+)")
_MAX_BYTES = 10 * MAX_TEXT


def parse(path: Path) -> ParsedDocument:
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES)
    builder = DocumentBuilder()
    if path.stat().st_size > _MAX_BYTES:
        builder.problem(Phrase("only the first {count} bytes were read", count=f"{_MAX_BYTES:,}"))
    _Reader(builder, data).read()
    return builder.finish("rtf")


class _Reader:
    def __init__(self, builder: DocumentBuilder, data: bytes) -> None:
        self._builder = builder
        self._data = data
        page = re.search(rb"\\ansicpg(\d+)", data[:2000])
        self._default = f"cp{page.group(1).decode()}" if page else "cp1252"
        self._fonts = {int(font): _CHARSETS.get(int(charset)) for font, charset in _FONT.findall(data)}
        self._encoding = self._default
        self._bytes = bytearray()
        self._text: list[str] = []
        self._cells: list[str] = []
        self._rows: list[list[str]] = []

    def read(self) -> None:
        stack: list[tuple[bool, int, str]] = []
        skipping, fallback, pending = False, 1, 0
        for token in _TOKEN.finditer(self._data):
            if self._builder.full:
                return
            word, number, hexadecimal, symbol, brace, plain = token.groups()
            if brace == b"{":
                stack.append((skipping, fallback, self._encoding))
            elif brace == b"}":
                self._decode()
                skipping, fallback, self._encoding = stack.pop() if stack else (False, 1, self._default)
            elif symbol == b"*" or word in _DESTINATIONS:
                skipping = True
            elif skipping:
                continue
            elif word == b"uc":
                fallback = int(number or 1)
            elif word == b"u" and number:
                self._decode()
                self._text.append(chr(int(number) % 0x10000))
                pending = fallback
            elif hexadecimal:
                if pending:
                    pending -= 1
                else:
                    self._bytes.append(int(hexadecimal, 16))
            elif plain:
                self._bytes += plain[pending:]
                pending = max(pending - len(plain), 0)
            elif word:
                self._word(word, number)
            elif symbol:
                self._bytes += {b"~": b" ", b"_": b"-"}.get(symbol, symbol if symbol in b"\\{}" else b"")
        self._end_paragraph()
        self._end_table()

    def _word(self, word: bytes, number: bytes | None) -> None:
        if word == b"f" and number:
            self._decode()
            self._encoding = self._fonts.get(int(number)) or self._default
        elif word in (b"par", b"sect", b"page"):
            self._end_paragraph()
        elif word == b"cell":
            self._cells.append(self._taken())
        elif word == b"row":
            self._rows.append(self._cells)
            self._cells = []
        elif word in _SPECIAL:
            self._decode()
            self._text.append(_SPECIAL[word])

    def _decode(self) -> None:
        if self._bytes:
            try:
                self._text.append(self._bytes.decode(self._encoding, "replace"))
            except LookupError:
                self._text.append(self._bytes.decode("cp1252", "replace"))
            self._bytes.clear()

    def _taken(self) -> str:
        self._decode()
        text = "".join(self._text)
        self._text.clear()
        # \\u writes characters beyond the first plane as two surrogates
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _end_paragraph(self) -> None:
        if self._cells:  # a paragraph within a cell
            self._decode()
            self._text.append(" ")
            return
        text = self._taken()
        if text.strip():
            self._end_table()
            self._builder.paragraph(text)

    def _end_table(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            self._builder.table(rows)
