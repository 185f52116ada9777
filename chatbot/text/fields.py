"""Fields of forms, receipts and minutes: "Cashier: Emily Rodriguez", "| 담당자 | 김철수 |", "Peter Adeyemi (treasurer)". Which of
them does a question name?

A model that was taught on prose finds little of an answer in such a line; the person who filled it in wrote the very
word that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from chatbot.text.asking import says_little
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.overlap import in_stems, terms_of
from chatbot.text.tables import cells_of, is_row, is_rule

# an item of a list may be a field: "- Samir: order the pump", "4. 참가비: 23,000원"
_ITEM = r"(?:(?:[-*+•·‧○●■□▪◦ㅇ▶]|\(?\d{1,2}[.)]|[가-하][.)]|[①-⑳])[ \t]*)?"
_LINE = re.compile(
    rf"[ \t]*{_ITEM}[*_]{{0,2}}(?P<name>[^\W\d_][^:：|.!?;\n]{{0,38}}?)[*_]{{0,2}}[ \t]*(?::[*_]{{0,2}}[ \t]+|：[ \t]*)\S.*"
)
# several persons before one value: "Ruth and Finn: check the fire extinguishers", "김현주, 이도윤: 장소 예약"
_PERSONS = re.compile(
    r"[A-Z][\w'’-]+(?:(?:, | and | & |, and |/)[A-Z][\w'’-]+)+|[가-힣]{2,4}(?:(?:, ?|·|/| 및 |[와과] )[가-힣]{2,4})+"
)
_BETWEEN_PERSONS = re.compile(r",? and | ?[,&/·] ?| 및 |(?<=[가-힣]{2})[와과] ")
# "TOTAL $821.14", "합계 12,000원": nothing between them, but the value can only be an amount
_AMOUNT = re.compile(
    r"[ \t]*(?P<name>[^\W\d_][^:：|.!?;\n\d]{0,38}?)[ \t]+"
    r"(?:[$€£¥₩₹][ \t]?\d[\d.,]*|\d{1,3}(?:,\d{3})+(?:\.\d+)?[^\W\d_]{0,3}|\d+\.\d{2}|\d+[원円元])"
)
# what somebody is, behind their name: "Joan Whitfield (chair)", "김철수(총무)"
_ROLE = re.compile(
    r"(?:[A-Z][\w'’.-]*(?:[ \t][A-Z][\w'’.-]*){1,3}|(?<![가-힣])[가-힣]{2,4})[ \t]?\((?P<name>[^\W\d_][^()\d:;|\n]{0,38})\)(?![가-힣])"
)
_NAME = re.compile(r"[^\W\d_][^:：|.!?;\n]{0,38}[:：]?")  # of a cell beside its value
_DIGIT = re.compile(r"\d")
_MOST_WORDS = 4  # of a name; what is longer is a sentence with a colon
_HOW_MUCH = re.compile(r"\bhow much\b", re.IGNORECASE)  # asks for a field with an amount
_MONEY = re.compile(
    r"[$€£¥₩₹]\s?\d|\d\s?(?:[$€£¥₩₹]|만?\s?원\b|(?:dollars?|euros?|pounds?|won|usd|eur|gbp|krw|chf)\b)",
    re.IGNORECASE,
)
_HOW = frozenset({"much", "happens", "happen"})  # of "how much", "what happens on day 2"
_HANGUL = re.compile("[가-힣]")
_SPACE = re.compile(r"\s+")


def named_fields(question: str, text: str, own: str = "") -> list[tuple[int, int]]:
    """Spans of the lines of ``text`` that hold a field which ``question`` names.

    The whole name stands in the question, and the question's other telling words stand in ``text``.

    Args:
        own: the words of a follow-up alone, where ``question`` has those of the question before too: one of them must be
            of the name, unless they name nothing.
    """
    words, newer = _telling(question), _telling(own)
    if not words:
        return []
    asked, is_amount = _SPACE.sub("", question).casefold(), _HOW_MUCH.search(own or question) is not None
    there = terms_of(text)
    return [
        span
        for span, name in _fields(text)
        if (said := _words_of_name(name, words, asked))
        and (not is_amount or _MONEY.search(text, *span))
        and (not newer or any(word in newer for word in said))
        and all(2 * len(word & there) >= len(word) for word in words if word not in said)
    ]


def _telling(question: str) -> list[frozenset[str]]:
    """The terms of each word of ``question`` that says what it is about."""
    words = [(word_of(word), in_stems(word)) for word in keywords_of(question)]
    return [terms for word, terms in words if not says_little(word) and word not in _HOW]


def is_field(line: str) -> bool:
    """Whether ``line`` is a name with its value, "Next meeting: 9 June", "TOTAL $821.14"."""
    return bool(_name_of(line))


def _name_of(line: str) -> str:
    """What stands before the value of a field: behind a colon, or an amount; empty where ``line`` is none."""
    found = _LINE.fullmatch(line) or _AMOUNT.fullmatch(line)
    return found["name"] if found and len(found["name"].split()) <= _MOST_WORDS else ""


def _words_of_name(name: str, words: list[frozenset[str]], asked: str) -> list[frozenset[str]]:
    """The question's ``words`` that are ``name``; none unless it stands there whole."""
    own = terms_of(name)
    if _HANGUL.search(name):
        bare = _SPACE.sub("", name).casefold()
        return [word for word in words if word <= own] if len(bare) > 1 and bare in asked else []
    known = frozenset().union(*words)
    return [word for word in words if word <= own] if own and own <= known else []


def _fields(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Each name with the span of its line, a role with that of its person; a heading right above names the first field below
    it as well."""
    at, heading = 0, ""
    lines = text.splitlines(keepends=True)
    for raw, following in zip(lines, [*lines[1:], ""], strict=True):
        span = (at, at + len(raw.rstrip()))
        at += len(raw)
        line = raw.strip()
        if not line:
            continue
        start = span[0]
        yield from (
            ((start + role.start(), start + role.end()), role["name"]) for role in _ROLE.finditer(raw)
        )
        if is_row(line):
            is_header = is_rule(following) and not _DIGIT.search(
                line
            )  # names of columns stand side by side too
            if not is_rule(line) and not is_header:
                yield from ((span, name) for name in _names_in_row(cells_of(line)))
            heading = ""
        elif name := _name_of(line):
            yield from ((span, each) for each in _named_in(name))
            if heading:
                yield span, heading
            heading = ""
        else:
            bare = line.strip("#*_ ")
            heading = bare if _NAME.fullmatch(bare) and len(bare.split()) <= _MOST_WORDS else ""


def _named_in(name: str) -> list[str]:
    """``name``, and each of the persons in it."""
    persons = _BETWEEN_PERSONS.split(name) if _PERSONS.fullmatch(name) else []
    return [name, *persons]


def _names_in_row(cells: list[str]) -> Iterator[str]:
    """Cells that may be the name of what stands in the next one."""
    for cell, following in pairwise(cells):
        if following and following != cell and _NAME.fullmatch(cell) and len(cell.split()) <= _MOST_WORDS:
            yield cell.rstrip(":：")
