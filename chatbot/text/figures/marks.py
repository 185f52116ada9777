"""What tells one of several alike from the others: a year, a month, a model, a school year, the number of an article or section.

"How much is a permit in 2026?" marks 2026: what a text of 2025 says is no answer. A text is of others only where it has
marks of the same kind and none of those that are asked for; one without any may be of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatbot.text.figures.dates import MONTHS
from chatbot.text.figures.numbered import numbers_named
from chatbot.text.keywords import keywords_of
from chatbot.text.overlap import keyword_overlap

_YEAR = re.compile(
    r"(?<![\d.,])((?:19|20)\d\d)(?!\d|,\d|\.\d)(?!\s?(?:원|명|개|만|번|회|(?:km|kg|g|ml|m|pounds|euros|people)\b))"
)
_NAMES = "|".join(sorted((name for name in MONTHS if name != "may"), key=len, reverse=True))
# "may" is a month where it has a capital letter and stands beside what goes with a date
_MONTH = re.compile(
    rf"(?<![\d.])(?P<number>1[0-2]|0?[1-9])월|(?<![A-Za-z])(?P<name>(?i:{_NAMES}))(?![A-Za-z])"
    r"|(?:(?<=[Ii]n )|(?<=of )|(?<=\d )|(?<=by ))(?P<may>May)\b|\bMay(?= \d)"
    r"|(?<!\d)(?:19|20)\d\d(?:-|\. ?|/)(?P<figure>1[0-2]|0?[1-9])(?!\d)"
)
# two letters at most, or more behind a hyphen: "X30", "EV-120"; Q3 and H1 are times, and often written otherwise
_CODE = re.compile(r"(?<![A-Za-z0-9])(?![QqHhVv]\d\b)([A-Za-z]{1,3})-?(\d[A-Za-z0-9]{1,5})(?![A-Za-z0-9])")
_SCHOOL_YEAR = re.compile(r"(?<!\d)(\d{1,2})\s?학년(?!도)|\bgrade (\d{1,2})\b", re.IGNORECASE)
_NEARLY = 0.75


@dataclass(frozen=True, slots=True)
class Mark:
    """``value`` among others of its ``kind``; ``said``: as the text has it."""

    kind: str
    value: str
    said: str

    @property
    def key(self) -> tuple[str, str]:
        """Its kind and value, which are the same however they are said."""
        return self.kind, self.value


def marks_of(text: str) -> tuple[Mark, ...]:
    """The marks in ``text``, each value once."""
    found: dict[tuple[str, str], Mark] = {}
    for mark in _marks_in(text):
        found.setdefault(mark.key, mark)
    return tuple(found.values())


def _marks_in(text: str) -> Iterator[Mark]:
    for kind, pattern in (("year", _YEAR), ("school year", _SCHOOL_YEAR)):
        for match in pattern.finditer(text):
            yield Mark(kind, next(filter(None, match.groups())), match[0].strip())
    for number in numbers_named(text):
        yield Mark(*number.key, number.said)
    for match in _MONTH.finditer(text):
        figure = match["number"] or match["figure"]
        month = int(figure) if figure else MONTHS[(match["name"] or "may").lower()]
        yield Mark("month", str(month), match[0].strip())
    for match in _CODE.finditer(text):
        letters, rest = (part.casefold() for part in match.groups())
        yield Mark(letters, rest, match[0])


def marks_asked(question: str, own: str = "") -> tuple[Mark, ...]:
    """The marks of ``question``; of a kind that its ``own`` words have, as those of a follow-up, only these."""
    newer = marks_of(own)
    kinds = {mark.kind for mark in newer}
    return (*newer, *(mark for mark in marks_of(question) if mark.kind not in kinds))


@dataclass(frozen=True, slots=True)
class Alike:
    """Which of some texts may be about what a question marks.

    Attributes:
        fits: for each text, whether it may be; all of them where none has the marks.
        missing: the marks that no text on the subject has, although one has another mark of that kind.
    """

    fits: tuple[bool, ...]
    missing: tuple[Mark, ...] = ()


def told_apart(texts: Sequence[str], question: str, own: str = "") -> Alike:
    """``texts`` by the marks of ``question``, of which those on its subject decide: they hold about as many of its words.

    Args:
        own: the words of a follow-up alone.
    """
    asked, fits = marks_asked(question, own), [True] * len(texts)
    if not asked or not texts:
        return Alike(tuple(fits))
    there = [{mark.key for mark in marks_of(text)} for text in texts]
    on_it = _on_the_subject(texts, question)
    missing: list[Mark] = []
    for kind in dict.fromkeys(mark.kind for mark in asked):
        wanted = {mark.key for mark in asked if mark.kind == kind}
        others = [any(each[0] == kind for each in held) and wanted.isdisjoint(held) for held in there]
        if any(on and not wanted.isdisjoint(held) for on, held in zip(on_it, there, strict=True)):
            fits = [fit and not other for fit, other in zip(fits, others, strict=True)]
        elif any(on and other for on, other in zip(on_it, others, strict=True)):
            missing += [mark for mark in asked if mark.kind == kind]
    return Alike(tuple(fits), tuple(missing))


def _on_the_subject(texts: Sequence[str], question: str) -> list[bool]:
    """Which ``texts`` hold nearly as many words of ``question`` as the one that holds most, its marks left out."""
    subject = question
    for mark in marks_of(question):
        subject = subject.replace(mark.said, " ")
    shares = keyword_overlap(subject, texts) if any(keywords_of(subject)) else [0.0] * len(texts)
    return [share >= _NEARLY * max(shares) for share in shares]
