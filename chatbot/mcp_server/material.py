"""Text of documents, marked as such: between marks with a number that no document can know beforehand."""

from __future__ import annotations

from secrets import token_hex

from chatbot.mcp_server.instructions import MATERIAL
from chatbot.text.invisible import clean_line, without_invisible


class Fence:
    """The marks of one reply: a passage that contains such marks contains other ones."""

    def __init__(self) -> None:
        self._mark = f"passage-{token_hex(4)}"

    def around(self, text: str, label: str) -> str:
        """``text`` between its marks. ``label`` is on one line: of which document, under which number."""
        return f"<{self._mark} {clean_line(label)}>\n{without_invisible(text).strip()}\n</{self._mark}>"

    @property
    def note(self) -> str:
        """What is said before the first of them."""
        return f"Between the marks {self._mark} stand words of documents. {MATERIAL}"


def shortened(text: str, most: int) -> str:
    """The beginning of a text, on one line, for a candidate that was dropped."""
    line = clean_line(text)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
