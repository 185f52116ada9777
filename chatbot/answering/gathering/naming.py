"""What a thing is called: how its name is shown, and whether a text says it.

A text names it by all of its words, whole ones: "probability" does not name a probation.
"""

from __future__ import annotations

import re

from chatbot.citations.markers import in_parentheses
from chatbot.text.invisible import clean_line
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.plurals import without_plural

# "types of leave" are named where leave is
_SAYS_NOTHING = {
    "type", "types", "kind", "kinds", "sort", "sorts", "form", "forms", "all", "list", "case", "cases", "thing", "things",
    "종류", "유형", "목록", "모든", "각종", "전체", "경우", "것", "사항", "내용", "부분",
}  # fmt: skip
# endings of Korean words that the particles of a question do not have: "기간에도", "필요한"
_ENDINGS = re.compile(r"(?<=[가-힣]{2})(?:에도|에서도|까지도|에만|에서|에|별|별로|한|된|할|될|는)$")
_ENGLISH_ENDING = r"(?:e?s|e?d|ing|e?rs?|ly)?"
_IN_Y = re.compile(r"([a-z]{2,}[^aeiou])y")  # policy, policies
_MANY = 4  # words of a name of which one may be missing


def as_title(name: str) -> str:
    """``name`` on one line of an answer: a number in it is no citation."""
    return clean_line(in_parentheses(name))


def is_named(title: str, text: str) -> bool:
    """Whether every keyword of ``title`` stands in ``text``, in its singular or plural; in Korean without spaces.

    Of four and more one may be missing: who says that much does not use the words of the document.
    """
    there = _there(title, text)
    return sum(there) >= len(there) - (len(there) >= _MANY)


def named_share(title: str, text: str) -> float:
    """0..1: how many of the keywords of ``title`` stand in ``text``."""
    there = _there(title, text)
    return sum(there) / len(there) if there else 1.0


def _there(title: str, text: str) -> list[bool]:
    every = [word_of(terms) for terms in keywords_of(title)] or title.casefold().split()
    words = [
        _ENDINGS.sub("", word.casefold()) for word in every if word.casefold() not in _SAYS_NOTHING
    ] or every
    said = text.casefold()
    joined = "".join(said.split())
    return [_says(said, word.casefold()) if word.isascii() else word.casefold() in joined for word in words]


def _says(text: str, word: str) -> bool:
    """Whether ``text`` has ``word`` whole or with an English ending: "port" is not in "report", nor "art" in "article"."""
    stem = without_plural(word)
    if ends_in_y := _IN_Y.fullmatch(stem):
        forms = re.escape(ends_in_y[1]) + "(?:y|ies)"
    else:
        forms = f"(?:{re.escape(word)}|{re.escape(stem)}){_ENGLISH_ENDING}"
    return re.search(rf"(?<![a-z0-9]){forms}(?![a-z0-9])", text) is not None
