"""RTF: words, paragraphs, tables and notes as they are shown, in the code page that each font declares."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from chatbot.errors import Phrase
from chatbot.text.hidden import How
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import BLACK, WHITE, Colour, unseen
from ingest.parsing.formats.ooxml.word import eq_field
from ingest.parsing.formats.rtf_table import RowOfCells, table_rows
from ingest.parsing.formats.scripts import Run, Script, joined
from ingest.parsing.formats.symbols import UNNAMED, in_font, is_symbol_font
from ingest.parsing.limits import MAX_TEXT

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I
)
# groups whose text is not part of the document
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict themedata colorschememapping latentstyles datastore generator listtable"
    b" listoverridetable rsidtbl xmlnstbl bkmkstart bkmkend nonshppict shprslt mmathPr ftnsep ftnsepc aftnsep aftnsepc"
    b" pgdsctbl filetbl revtbl objdata objclass nonesttables nesttableprops sp atnid atnauthor atrfstart atrfend atndate"
    b" atnref atnparent pn pnseclvl listname leveltext levelnumbers template userprops background ftncn".split()
)
# groups that begin with \\* and hold text that is shown
_SHOWN = frozenset(b"shpinst do moMath moMathPara".split())
# groups whose text stands in another place, and what becomes of it
_APART = {
    b"footnote": "note",
    b"annotation": "comment",
    b"fldinst": "field",
    b"formfield": "form",
    b"ffl": "entry",
} | {
    word: "header" if word.startswith(b"header") else "footer"
    for word in b"header headerl headerr headerf footer footerl footerr footerf".split()
}
# places whose text is no part of the document
_CODES = ("field", "form", "entry")
_TEXT_BOXES = (b"shptxt", b"dptxbxtext")
_CHARSETS = {129: "cp949", 128: "cp932", 134: "gbk", 136: "cp950", 204: "cp1251", 161: "cp1253", 162: "cp1254",
             238: "cp1250"}  # fmt: skip
_SYMBOL_CHARSET = 2
_SPECIAL = {b"tab": "\t", b"line": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
            b"bullet": "•", b"endash": "–", b"emdash": "—", b"emspace": " ", b"enspace": " ", b"nestcell": " ",
            b"nestrow": "; "}  # fmt: skip
# equations of Word: what is written at the start and the end of a group
_MATH = {b"mnum": ("(", ")/"), b"mden": ("(", ")"), b"msup": ("^(", ")"), b"msub": ("_(", ")"), b"mrad": ("√(", ")"),
         b"mdeg": ("", "")}  # fmt: skip
_SIMPLE_GROUP = re.compile(r"(?<![\w)])\((\w+(?:\.\d+)?)\)(?=/)|(?<=[/^_])\((\w+(?:\.\d+)?)\)")
_FONT = re.compile(rb"\\f(\d{1,6})[^{};]{0,100}?\\fcharset(\d{1,4})([^;]{0,200})")
_FONT_WORDS = re.compile(rb"\\[a-z]{1,32}-?\d{0,10} ?|[{}].*", re.S)
_COLOUR = re.compile(rb"\\(red|green|blue)(\d{1,3})")
_SYMBOL_FIELD = re.compile(r"\s*SYMBOL\s+(\d{1,5})\b.*Wingdings", re.I | re.S)
_MAX_BYTES = 10 * MAX_TEXT


def parse(path: Path) -> ParsedDocument:
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES)
    builder = DocumentBuilder()
    if path.stat().st_size > _MAX_BYTES:
        builder.problem(Phrase("only the first {count} bytes were read", count=f"{_MAX_BYTES:,}"))
    _Reader(builder, data).read()
    return builder.finish("rtf")


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits. ``size`` is in half points; colours are numbers of the colour table, 0 for none."""

    skipping: bool = False
    fallback: int = 1
    font: int = -1
    is_hidden: bool = False
    is_deleted: bool = False
    is_struck: bool = False
    size: int = 24
    colour: int = 0
    shade: int = 0
    script: Script = ""
    closing: str = ""  # what is written at the group's end


@dataclass(slots=True)
class _Place:
    """Where text goes: the document, or a note, comment, header or field that stands apart from it."""

    kind: str = ""
    depth: int = 0  # the group at whose end it is done
    runs: list[Run] = field(default_factory=list)
    form: dict[bytes, int] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)  # of a list to choose from


class _Reader:
    def __init__(self, builder: DocumentBuilder, data: bytes) -> None:
        self._builder = builder
        self._data = data
        page = re.search(rb"\\ansicpg(\d{1,5})", data[:2000])
        self._default = f"cp{page.group(1).decode()}" if page else "cp1252"
        self._fonts: dict[int, tuple[int, str]] = {}
        for font, charset, rest in _FONT.findall(data[: data.find(b"\\pard") if b"\\pard" in data else None]):
            label = _FONT_WORDS.sub(b"", rest).strip().decode("latin-1")
            self._fonts.setdefault(int(font), (int(charset), label))
        self._colours = _colour_table(data)
        self._state = _State()
        self._places = [_Place()]
        self._bytes = bytearray()
        self._row = RowOfCells()
        self._rows: list[RowOfCells] = []
        self._paragraph_shade = 0
        self._in_table = False
        self._depth = 0  # of groups
        self._notes: list[str] = []
        self._note_count = 0
        self._around: dict[str, str] = {}  # headers and footers that are said already

    def read(self) -> None:
        stack: list[_State] = []
        pending = 0
        star = False
        for token in _TOKEN.finditer(self._data):
            if self._builder.full:
                return
            word, number, hexadecimal, symbol, brace, plain = token.groups()
            if brace == b"{":
                self._decode()
                stack.append(self._state)
                self._state = replace(self._state, closing="")
                self._depth = len(stack)
                star = False
                continue
            if brace == b"}":
                self._decode()
                if self._state.closing and not self._state.skipping:
                    self._places[-1].runs.append((self._state.closing, ""))
                self._state = stack.pop() if stack else _State()
                if len(self._places) > 1 and len(stack) < self._places[-1].depth:
                    self._end_place(self._places.pop())
            elif symbol == b"*":
                star = True
                continue
            elif self._state.skipping:
                continue
            elif (
                word
                and (star or word in _SKIPPED or word in _APART)
                and self._begins_group(word, star, len(stack))
            ):
                pass
            elif word == b"u" and number:
                self._decode()
                self._add(self._drawn(chr(int(number) % 0x10000)))
                pending = self._state.fallback
            elif hexadecimal:
                if pending:
                    pending -= 1
                else:
                    self._bytes.append(int(hexadecimal, 16))
            elif plain:
                self._bytes += plain[pending:]
                pending = max(pending - len(plain), 0)
            elif word:
                self._word(word, None if number is None else int(number))
            elif symbol:
                self._bytes += {b"~": b" ", b"_": b"-"}.get(symbol, symbol if symbol in b"\\{}" else b"")
            star = False
        while len(self._places) > 1:
            self._end_place(self._places.pop())
        self._end_paragraph()
        self._end_table()
        for text, kind in self._around.items():
            if kind == "footer":
                self._builder.paragraph(text)

    def _begins_group(self, word: bytes, star: bool, depth: int) -> bool:
        """Whether ``word`` begins a group whose text is left out or stands apart."""
        if kind := _APART.get(word):
            self._decode()
            self._places.append(_Place(kind, depth))
            self._state = replace(_State(), fallback=self._state.fallback, font=self._state.font)
        elif word in _SKIPPED or (star and word not in _SHOWN):
            self._state = replace(self._state, skipping=True)
        else:
            return False
        return True

    def _word(self, word: bytes, number: int | None) -> None:
        if word in _SPECIAL:
            self._add(_SPECIAL[word])
        elif self._characters(word, number):
            return
        elif word in (b"par", b"sect", b"page"):
            self._end_paragraph()
        elif word in _TEXT_BOXES:
            self._places.append(_Place("box", self._depth))
        elif word in _MATH:
            before, after = _MATH[word]
            self._add(before)
            self._state = replace(self._state, closing=after)
        elif word.startswith(b"m") and word.endswith(b"Pr"):
            self._state = replace(self._state, skipping=True)  # properties of an equation
        elif word in (b"fftype", b"ffres", b"ffdefres"):
            self._places[-1].form[word] = number or 0
        elif word == b"cbpat":
            self._paragraph_shade = number or 0
        elif word == b"pard":
            self._paragraph_shade = 0
            self._in_table = False
        elif word == b"intbl":
            self._in_table = True
        elif word == b"cell":
            self._row.end_cell(self._taken())
        elif word == b"row":
            self._rows.append(self._row)
            self._row = self._row.next()
        else:
            self._row.define(word, number)

    def _characters(self, word: bytes, number: int | None) -> bool:
        """Whether ``word`` is a property of characters; it is then set."""
        is_on = number != 0
        value = number or 0
        change: dict[str, object]
        if word == b"f" and number is not None:
            change = {"font": number}
        elif word == b"uc":
            change = {"fallback": min(max(1 if number is None else number, 0), 100)}
        elif word == b"plain":
            change = {
                "is_hidden": False,
                "is_struck": False,
                "size": 24,
                "colour": 0,
                "shade": 0,
                "script": "",
                "is_deleted": False,
            }
        elif word == b"v":
            change = {"is_hidden": is_on}
        elif word == b"deleted":
            change = {"is_deleted": is_on}
        elif word in (b"strike", b"striked"):
            change = {"is_struck": is_on}
        elif word == b"fs":
            change = {"size": value}
        elif word == b"cf":
            change = {"colour": value}
        elif word in (b"cb", b"chcbpat", b"highlight"):
            change = {"shade": value}
        elif word in (b"super", b"sub", b"up", b"dn"):
            change = {"script": ("up" if word in (b"super", b"up") else "down") if is_on else ""}
        elif word == b"nosupersub":
            change = {"script": ""}
        else:
            return False
        self._decode()
        self._state = replace(self._state, **change)  # type: ignore[arg-type]
        return True

    def _decode(self) -> None:
        if not self._bytes:
            return
        data = bytes(self._bytes)
        self._bytes.clear()
        charset, name = self._fonts.get(self._state.font, (0, ""))
        if charset == _SYMBOL_CHARSET or is_symbol_font(name):
            self._add(self._drawn(data.decode("latin-1")))
            return
        encoding = _CHARSETS.get(charset, self._default)
        try:
            self._add(data.decode(encoding, "replace"))
        except LookupError:
            self._add(data.decode("cp1252", "replace"))

    def _drawn(self, text: str) -> str:
        """Characters as the font draws them; those of a field are its code."""
        charset, name = self._fonts.get(self._state.font, (0, ""))
        is_code = self._places[-1].kind in _CODES
        if is_symbol_font(name) and not is_code and not text.isspace():
            return in_font(text, name)
        if charset == _SYMBOL_CHARSET and not is_code and text.strip() and ord(max(text)) < 0x100:
            return in_font(text, "Wingdings")  # letters of another such font are small pictures, too
        return text.translate(UNNAMED)

    def _add(self, text: str) -> None:
        if self._bytes:
            self._decode()
        state = self._state
        if not text or state.skipping or state.is_deleted:
            return
        if text.strip() and (how := self._hidden()) is not None:
            self._builder.hidden(_whole(text), how)
            return
        runs = self._places[-1].runs
        runs.append((f"~~{text}~~" if state.is_struck and text.strip() else text, state.script))

    def _hidden(self) -> How | None:
        state = self._state
        if self._places[-1].kind in _CODES:
            return None
        if state.is_hidden:
            return "marked"
        shade = state.shade or self._paragraph_shade or self._row.shade
        ground = self._colours.get(shade, WHITE) if shade else WHITE
        return unseen(self._colours.get(state.colour, BLACK), ground, state.size / 2)

    def _taken(self) -> str:
        self._decode()
        place = self._places[-1]
        runs, place.runs = place.runs, []
        return _whole(_SIMPLE_GROUP.sub(r"\1\2", joined(runs)).replace("~~~~", ""))

    def _end_place(self, place: _Place) -> None:
        text = " ".join(_whole(_SIMPLE_GROUP.sub(r"\1\2", joined(place.runs))).split())
        runs = self._places[-1].runs
        if place.kind == "note" and text:
            self._note_count += 1
            number = str(self._note_count)
            # a mark of its own stands before the note, and again in it
            if runs and runs[-1][1] == "up" and len(runs[-1][0].strip()) <= 3 and runs[-1][0].strip():
                number = runs.pop()[0].strip("[]() ")
            runs.append((number, "mark"))
            self._notes.append(f"[{number}] {text.removeprefix(f'[{number}]').lstrip()}")
        elif place.kind == "comment" and text:
            self._notes.append(f"[Comment: {text}]")
        elif place.kind == "box" and text:
            self._notes.append(text)
        elif place.kind in ("header", "footer") and any(map(str.isalpha, text)) and text not in self._around:
            self._around[text] = place.kind
            if place.kind == "header":
                self._builder.paragraph(text)
        elif place.kind == "field":
            if found := _SYMBOL_FIELD.match(text):
                runs.append((UNNAMED.get(0xF000 + int(found.group(1)) % 0x1000, ""), ""))
            elif equation := eq_field.text_of(text):
                runs.append((equation, ""))
        elif place.kind == "entry":
            self._places[-1].entries.append(text)
        elif place.kind == "form" and place.form.get(b"fftype") == 2:
            chosen = place.form.get(b"ffres", place.form.get(b"ffdefres", 0))
            if 0 <= chosen < len(place.entries):
                self._outside_of_fields().append((place.entries[chosen], ""))
        elif place.kind == "form" and place.form.get(b"fftype") == 1:
            result = place.form.get(b"ffres", 25)
            is_checked = (
                place.form.get(b"ffdefres", 0) if result == 25 else result
            ) == 1  # 25: as it was made
            self._outside_of_fields().append(("☑" if is_checked else "☐", ""))

    def _outside_of_fields(self) -> list[Run]:
        """Where a form's value is written: it stands within the instruction of its field, which is not shown."""
        return next(found for found in reversed(self._places) if found.kind != "field").runs

    def _end_paragraph(self) -> None:
        if len(self._places) > 1 or self._row.cells or self._in_table:
            # a paragraph within a cell, note or header
            self._add("\n" if self._places[-1].kind != "field" else " ")
            return
        text = self._taken()
        if text.strip():
            self._end_table()
            self._builder.paragraph(text)
            self._say_notes()

    def _end_table(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            self._builder.table(table_rows(rows))
            self._say_notes()

    def _say_notes(self) -> None:
        notes, self._notes = self._notes, []
        for note in notes:
            self._builder.paragraph(note)


def _whole(text: str) -> str:
    """``\\u`` writes characters beyond the first plane as two surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _colour_table(data: bytes) -> dict[int, Colour]:
    """Colours by number; the first is that of plain text, black on screen and paper."""
    start = data.find(b"{\\colortbl")
    if start < 0:
        return {}
    found: dict[int, Colour] = {}
    for number, entry in enumerate(data[start : data.find(b"}", start)][:20_000].split(b";")):
        parts = {name: min(int(value), 255) for name, value in _COLOUR.findall(entry)}
        if parts:
            found[number] = (parts.get(b"red", 0), parts.get(b"green", 0), parts.get(b"blue", 0))
    return found
