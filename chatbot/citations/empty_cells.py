"""That nothing is written where a question asks for a cell of a row: an empty cell is no zero, and a quote leaves it out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.text.language import language_of, worded
from chatbot.text.plurals import without_plural

_SAID = {
    "empty": (
        "“{row}” 행의 {columns} 칸에는 아무것도 적혀 있지 않습니다. 빈칸은 0이라는 뜻이 아닙니다.",
        "In the row “{row}” nothing is written under {columns}. An empty cell does not mean zero.",
    )
}
_UNIT = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4  # letters of an English word that names a column alone; "no" of "no of days" does not
_SHORTEST_KOREAN = 2
_LONGEST_NAME = 80  # characters of the cell that says which row it is


def said_empty(names: Sequence[str], cells: Sequence[str], question: str, *, is_chosen: bool = False) -> str:
    """A sentence which says what is empty; nothing where ``question`` names the row or no empty cell of it.

    Args:
        names, cells: of the columns and of the row.
        is_chosen: whether the row is known to be meant, so that ``question`` need not name it: "and its stock?".
    """
    row = next((cell for cell in cells if _WORD.search(cell)), "")
    if len(names) != len(cells) or not row or len(row) > _LONGEST_NAME:
        return ""
    if not is_chosen and not _names(question, row):
        return ""
    empty = [name for name, cell in zip(names, cells, strict=True) if not cell.strip()]
    columns = [name for name in map(_bare, empty) if _names(question, name)]
    if not columns:
        return ""
    return worded(_SAID, "empty", language_of(question), row=row, columns=", ".join(columns))


def _bare(name: str) -> str:
    """The name of a column without its unit, "재고" for "재고(개)"."""
    return " ".join(_UNIT.sub(" ", name).replace("_", " ").split())


def _names(question: str, text: str) -> bool:
    """Whether ``question`` says ``text``, or a telling word of it."""
    said = {without_plural(word) for word in _WORD.findall(question.casefold())}
    joined = re.sub(r"\s+", "", question).casefold()
    words = _WORD.findall(text.casefold())
    return any(
        without_plural(word) in said if word.isascii() else len(word) >= _SHORTEST_KOREAN and word in joined
        for word in words
        if not word.isascii() or len(word) >= _SHORTEST or len(words) == 1
    )
