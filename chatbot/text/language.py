"""The language of a text, as far as it matters here: Korean or not. The one place that says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")  # letters and syllables
_LETTERS = re.compile(r"[^\W\d_]+")
# difference in the share of Hangul among the letters; "Word2Vec 에 대해서 알려줄래?" has .5, Korean prose .8 to 1
_OTHER = 0.6
_READ = 200  # characters of a passage, enough to tell


def language_of(question: str) -> Literal["ko", "en"]:
    """In which language to answer: Korean as soon as there is Hangul, for "Word2Vec 이 뭐야?" is a Korean question."""
    return "ko" if _HANGUL.search(question) else "en"


def worded(
    words: Mapping[str, tuple[str, str]], key: str, language: Literal["ko", "en"], **values: object
) -> str:
    """The ``(Korean, English)`` words under ``key`` in one language, with ``values`` put in as they are."""
    text = words[key][0 if language == "ko" else 1]
    return text.format(**values) if values else text


def paragraphs_said(words: Mapping[str, tuple[str, str]], keys: Iterable[str]) -> re.Pattern[str]:
    """Finds the paragraphs that say the words under ``keys``, in both languages and with any values."""
    said = (re.sub(r"\\\{\w+\\\}", ".*", re.escape(text)) for key in keys for text in words[key])
    return re.compile(rf"^(?:{'|'.join(said)})$", re.MULTILINE)


def hangul_share(text: str) -> float | None:
    """Share of Hangul among the letters, 0..1; ``None`` without letters."""
    letters = sum(map(len, _LETTERS.findall(text)))
    if not letters:
        return None
    return 0.0 if text.isascii() else sum(map(len, _HANGUL.findall(text))) / letters


def in_another_language(query: str, texts: Iterable[str]) -> list[bool]:
    """For each text, whether it is Korean and ``query`` is not, or the other way round; never without letters."""
    asked = hangul_share(query[:_READ])
    shares = (hangul_share(text[:_READ]) for text in texts)
    return [asked is not None and share is not None and abs(asked - share) > _OTHER for share in shares]


def other_language_among(query: str, texts: Mapping[int, str]) -> set[int]:
    """The keys of those that are ``in_another_language``."""
    return {
        key for key, other in zip(texts, in_another_language(query, texts.values()), strict=True) if other
    }
