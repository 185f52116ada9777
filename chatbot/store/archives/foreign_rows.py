"""What each column of a foreign row must be, and what becomes of it: a value of ours, or the archive is refused."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn, get_args

from chatbot.errors import Missing, Phrase
from chatbot.store.archives.bounds import Check, RefusedArchive, Table
from chatbot.text.hidden import WAYS, HiddenText, to_stored
from chatbot.text.invisible import clean_line

_LARGEST = 2**53  # of ids and numbers: enough for ever, and the next one is still a number of SQLite's
_MADE_BY, _TITLE, _URI = 1_000, 2_000, 4_096  # characters
_SHA256 = re.compile(r"[0-9a-f]{64}|")
_ADDRESS = re.compile(r"https?://[\x21-\x7e]+|")
_HEADINGS, _HEADING = 64, 4_000  # levels; characters
_JSON = 4_000_000  # characters of a JSON column
_CODES = 2**20  # bytes of the token vectors of one text
_STATUS = ("indexed", "partial", "refused")


def checked(
    table: Table, number: object, row: Mapping[str, Any], columns: Mapping[str, Check]
) -> dict[str, Any]:
    """``row`` with each of its columns checked, and made ours where it has to be.

    Args:
        number: of the row, for the message.

    Raises:
        RefusedArchive: a value is of another kind than this program writes.
    """
    values = {}
    for name, value in row.items():
        try:
            values[name] = columns[name](value)
        except (ValueError, TypeError, RecursionError, OverflowError):
            refuse_row(table, number, name)
    return values


def refuse_row(table: Table, number: object, column: str) -> NoReturn:
    """Raises ``RefusedArchive``, with the column and the number of the row, at most 40 characters of it."""
    raise RefusedArchive(
        Phrase(
            "{column} of {table} {number} is nothing that this program writes; export the index again",
            column=column,
            table=table,
            number=clean_line(str(number)[:40]),
        )
    )


def whole_number(least: int, most: int = _LARGEST) -> Check:
    """A whole number from ``least`` to ``most``, both included."""

    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError
        return value

    return check


def text(most: int, clean: Callable[[str], str] = str) -> Check:
    """Text of not more than ``most`` characters, as ``clean`` makes it."""

    def check(value: Any) -> str:
        if type(value) is not str or len(value) > most:
            raise ValueError
        return clean(value)

    return check


def blob(most: int) -> Check:
    """Bytes, ``most`` of them at most."""

    def check(value: Any) -> bytes:
        if type(value) is not bytes or len(value) > most:
            raise ValueError
        return value

    return check


def or_none(check: Check) -> Check:
    """Nothing, or what ``check`` lets pass."""
    return lambda value: None if value is None else check(value)


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError
        return value

    return check


def _fits(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError
        return value

    return check


def _name(value: str) -> str:
    """A name as it is, but for characters that steer a terminal."""
    if not value:
        raise ValueError
    return "".join("�" if unicodedata.category(character) == "Cc" else character for character in value)


def _heading(value: str) -> str:
    titles = json.loads(value)
    if not isinstance(titles, list) or len(titles) > _HEADINGS:
        raise ValueError
    return json.dumps([text(_HEADING, clean_line)(title) for title in titles], ensure_ascii=False)


def _hidden(value: str) -> str:
    """What ``chatbot.text.hidden`` keeps: a list of [place, words, how]."""
    pieces = json.loads(value) if value else []
    if not isinstance(pieces, list) or any(how not in WAYS for _, _, how in pieces):
        raise ValueError
    return to_stored(
        HiddenText(whole_number(0)(place), text(_JSON)(words), how) for place, words, how in pieces
    )


def _reason(value: str) -> str:
    return Phrase.to_stored(Phrase.cleaned(Phrase.from_stored(value), clean_line))


def _time(value: str) -> str:
    return datetime.fromisoformat(value).isoformat()


def imported_by(value: str) -> str:
    """The mark of parser and splitter, changed: the file is read again as soon as somebody has it."""
    return f"imported from {clean_line(value)}"[:_MADE_BY]


DOCUMENT: dict[str, Check] = {
    "id": whole_number(1),
    "uri": text(_URI, _name),
    "sha256": text(64, _fits(_SHA256)),
    "made_by": text(_MADE_BY, imported_by),
    "status": text(20, _one_of(_STATUS)),
    "reason": text(20_000, _reason),
    "missing": text(20, _one_of(get_args(Missing))),
    "format": text(100, clean_line),
    "title": text(_TITLE, clean_line),
    "bytes": whole_number(0),
    "pages": whole_number(0),
    "text": text(_LARGEST),  # its length is bounded where it is read
    "indexed_at": text(40, _time),
    "hidden": text(_JSON, _hidden),
    "hidden_words": whole_number(0),
    "address": text(8_000, _fits(_ADDRESS)),
}

CHUNK: dict[str, Check] = {
    "id": whole_number(1),
    "document_id": whole_number(1),
    "position": whole_number(0),
    "page": or_none(whole_number(0)),
    "char_start": whole_number(0),
    "char_end": whole_number(0),
    "heading": text(200_000, _heading),
    "text": text(100_000),  # a chunk has 8,000 characters at most; a node of LlamaIndex may have more
    "embedding": blob(2**20),
    "header": text(100_000),
}

ROOT: dict[str, Check] = {"label": text(500, _name)}

TOKEN_VECTORS: dict[str, Check] = {"text_hash": blob(16), "codes": blob(_CODES)}

META: dict[str, Check] = {"key": text(100), "value": text(10_000)}
