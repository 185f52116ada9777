"""Korean particles, whose form depends on the sound before them: "문장 인용만으로", "노트로", "버전 2란"."""

from __future__ import annotations

import re
from collections.abc import Mapping

_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_CLOSING = "'\"’”」)]"
_FINALS = {
    "0": "ㅇ",
    "1": "ㄹ",
    "3": "ㅁ",
    "6": "ㄱ",
    "7": "ㄹ",
    "8": "ㄹ",
}  # of digits as they are read: 영 일 삼 육 칠 팔
_RIEUL = 8  # its place among the final consonants
# written for both: after a consonant, after a vowel
_FORMS = {
    "은(는)": ("은", "는"), "이(가)": ("이", "가"), "을(를)": ("을", "를"), "와(과)": ("과", "와"), "(으)로": ("으로", "로"), "(이)": ("이", ""),
}  # fmt: skip
_BLANK = re.compile(rf"\{{(\w+)\}}([{re.escape(_CLOSING)}]*)({'|'.join(map(re.escape, _FORMS))})")


def final_of(word: str) -> str | None:
    """The consonant with which ``word`` ends in Korean speech: "ㄹ", "x" for another one, "" for none.

    ``None`` where that is not known, as for a word in Latin letters. Brackets at the end are not read.
    """
    last = _IN_BRACKETS.sub("", word).rstrip(_CLOSING)[-1:]
    if "가" <= last <= "힣":
        place = (ord(last) - ord("가")) % 28
        return "ㄹ" if place == _RIEUL else "x" if place else ""
    if last.isascii() and last.isdigit():
        return "ㄹ" if _FINALS.get(last) == "ㄹ" else "x" if last in _FINALS else ""
    return None


def with_particles(template: str, values: Mapping[str, object]) -> str:
    """``template`` with the right particle behind each blank, of the two that are written there, as in "{name}을(를)".

    Both stay where the sound is not known.
    """

    def chosen(found: re.Match[str]) -> str:
        final = final_of(str(values.get(found[1], "")))
        if final is None:
            return found[0]
        after_consonant, after_vowel = _FORMS[found[3]]
        takes_vowel_form = not final or (final == "ㄹ" and found[3] == "(으)로")
        return f"{{{found[1]}}}{found[2]}{after_vowel if takes_vowel_form else after_consonant}"

    return _BLANK.sub(chosen, template)
