"""The language of a text, as far as it matters here: Korean or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chatbot.text.invisible import without_invisible

_HANGUL = re.compile("[가-힣]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# difference in the share of Hangul among the letters; "Word2Vec 에 대해서 알려줄래?" has .5, Korean prose .8 to 1
_OTHER = 0.6
_READ = 200  # characters of a text, enough to tell


def in_another_language(query: str, texts: Iterable[str]) -> list[bool]:
    """For each text, whether it is Korean and ``query`` is not, or the other way round; never without letters."""
    asked = _hangul(query)
    shares = map(_hangul, texts)
    return [asked is not None and share is not None and abs(asked - share) > _OTHER for share in shares]


def foreign_among(query: str, texts: Mapping[int, str]) -> set[int]:
    """The keys of those that are ``in_another_language``."""
    return {
        key for key, other in zip(texts, in_another_language(query, texts.values()), strict=True) if other
    }


def _hangul(text: str) -> float | None:
    """Share of Hangul among the letters, 0..1; ``None`` without letters."""
    read = text[:_READ]
    letters = sum(map(len, _LETTERS.findall(read)))
    if not letters:
        return None
    return 0.0 if read.isascii() else sum(map(len, _HANGUL.findall(read))) / letters


_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def language(text: str) -> str:
    """``"ko"`` when there is Hangul in ``text``, else ``"en"``."""
    return "ko" if _HANGUL.search(text) else "en"


def line(text: str) -> str:
    """``text`` on one line without what no reader sees, for names, headings and earlier turns."""
    return " ".join(without_invisible(text).split())
