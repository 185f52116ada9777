"""How a summary is to be told: how long, in which language, as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["sentences", "paragraphs", "words", "characters"]
Change = Literal["", "shorter", "longer"]

LANGUAGES = {
    # code or English name: (Korean, English)
    "ko": ("한국어", "Korean"), "en": ("영어", "English"), "Japanese": ("일본어", "Japanese"), "Chinese": ("중국어", "Chinese"),
    "French": ("프랑스어", "French"), "German": ("독일어", "German"), "Spanish": ("스페인어", "Spanish"), "Italian": ("이탈리아어", "Italian"),
    "Portuguese": ("포르투갈어", "Portuguese"), "Russian": ("러시아어", "Russian"), "Vietnamese": ("베트남어", "Vietnamese"),
    "Thai": ("태국어", "Thai"), "Indonesian": ("인도네시아어", "Indonesian"), "Arabic": ("아랍어", "Arabic"), "Dutch": ("네덜란드어", "Dutch"),
}  # fmt: skip
OTHER_NAMES = {
    "한국말": "ko", "한글": "ko", "우리말": "ko", "국문": "ko", "국어": "ko", "영문": "en", "일어": "Japanese", "중문": "Chinese", "불어": "French",
    "독어": "German", "노어": "Russian",
}  # fmt: skip
CODES = {
    **{name.casefold(): code for code, names in LANGUAGES.items() for name in names}, **OTHER_NAMES,
}  # fmt: skip
UNITS: dict[str, Unit] = {
    **dict.fromkeys(("paragraph", "단락", "문단"), "paragraphs"),
    **dict.fromkeys(("word", "단어", "낱말"), "words"),
    **dict.fromkeys(("character", "char", "letter", "글자"), "characters"),
}
LISTED = {"bullet", "point", "item", "포인트", "항목"}


@dataclass(frozen=True, slots=True)
class Form:
    """How it is to be told.

    Attributes:
        count: how many of ``unit``; 0 where it is not said.
        change: against the answer before.
        language: "ko", "en", or the English name of another one; empty where none is said.
        is_list: as a list; ``is_each``: so many of each of several documents.
    """

    count: int = 0
    unit: Unit = "sentences"
    change: Change = ""
    language: str = ""
    is_list: bool = False
    is_each: bool = False
