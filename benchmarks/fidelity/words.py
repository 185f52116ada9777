"""Which words of one reading of a file another reading lacks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument

_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"[\x02\ufffe\u00ad]\s*")
_INDEX = re.compile(r"[_^]\(?(?=\w)|(?<=\d) \[(?=\d{1,2}\])")
_BESIDE = 6  # letters before or after a word; with so many it is found elsewhere by chance hardly ever


def words(text: str) -> list[str]:
    """Words as they count here: letters and digits, in one form and case, hyphens at line ends taken out."""
    text = unicodedata.normalize("NFKC", one_line(_HYPHEN.sub("", text)))
    return _WORD.findall(text.casefold())


class Ours:
    """What we read of a file, to be compared with what others read."""

    def __init__(self, document: ParsedDocument) -> None:
        labels = " ".join(page.label for page in document.pages)  # names of sheets
        self._shown = _Text(f"{document.text} {labels}")
        self._hidden = _Text(" ".join(piece.text for piece in document.hidden))

    def lacks(self, theirs: list[str]) -> tuple[Counter[str], Counter[str]]:
        """Words of ``theirs`` that we have neither shown nor hidden, and those that we have only as hidden text.

        A word that we have less often is still there where the letters beside it are: words that one of us parts at
        the end of a line, and headers that we keep once for all pages.
        """
        missing = self._shown.lacks(theirs, Counter(theirs))
        neither = self._hidden.lacks(theirs, missing)
        return neither, missing - neither


class _Text:
    def __init__(self, text: str) -> None:
        found = words(text)
        # x_1 is x1 to others, and 1,250 [3] is 1,2503
        without = words(_INDEX.sub("", text))
        self._counts = Counter(found) | Counter(without)
        self._letters = f"{''.join(found)} {''.join(without)}"

    def lacks(self, theirs: list[str], wanted: Counter[str]) -> Counter[str]:
        """Those of ``wanted``, words of ``theirs``, that are not here."""
        lacking = wanted - self._counts
        alone: Counter[str] = Counter()
        for place, word in enumerate(theirs):
            if word in lacking and not self._has_in_place(theirs, place):
                alone[word] += 1
        return lacking & alone

    def _has_in_place(self, theirs: list[str], place: int) -> bool:
        word = theirs[place]
        before = "".join(theirs[max(0, place - _BESIDE) : place])[-_BESIDE:]
        after = "".join(theirs[place + 1 : place + 1 + _BESIDE])[:_BESIDE]
        return any(
            len(beside) == _BESIDE and joined in self._letters
            for beside, joined in ((before, before + word), (after, word + after))
        )
