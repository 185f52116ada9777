"""The articles and sections of a text by their numbers: "제7조 (병가)", "4.2 What is not covered", "§ 5", "Article 12".

A question asks for one by its number; the text that holds it has that number where a line or a heading begins. What only
refers to it, "the notice under section 4.2", is not it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_ARTICLE, _SECTION, _CHAPTER, _BARE = "article", "section", "chapter", "number"
_DOTTED = r"\d{1,3}(?:\.\d{1,3}){1,4}"
_VALUE = r"\d{1,4}(?:\.\d{1,3}){0,4}"
_UNITS = {"조": _ARTICLE, "절": _SECTION, "장": _CHAPTER}
_WORDS = {"article": _ARTICLE, "art": _ARTICLE, "chapter": _CHAPTER}  # all others are sections
_WORD = r"article|art\.|chapter|section|sections|sec\.|clause|섹션|§§?"
# "제7조의2" is another article than "제7조", "제7조의 2항" is a part of it
_KOREAN = rf"제\s?(?P<ko>{_VALUE})\s?(?P<unit>[조절장])(?:의\s?(?P<branch>\d{{1,3}})(?![\d\s]*[항호]))?"
_ENGLISH = rf"(?<![A-Za-z])(?P<word>{_WORD})\s?(?P<en>{_VALUE}(?:[a-z](?![a-z]))?)(?![\d])"
_ASKED = re.compile(rf"{_KOREAN}|{_ENGLISH}|(?<![\d.])(?P<dotted>{_DOTTED})\s?(?:절|조항|항)", re.IGNORECASE)
_ONLY_DOTTED = re.compile(rf"(?<![\d.,])(?P<dotted>{_DOTTED})(?![\d.,]*\d)(?!\s?[%a-zA-Z€$])")
_PARAGRAPH = re.compile(
    r"제?\s?(?P<ko>\d{1,2})\s?(?P<unit>[항호])(?![목선실차])|\bparagraph \(?(?P<en>\d{1,2})\)?|(?<=\d)\((?P<brackets>\d{1,2})\)",
    re.IGNORECASE,
)
_CIRCLED = {str(number + 1): chr(ord("①") + number) for number in range(20)}
_ANY_CIRCLED = re.compile("[①-⑳]")

_FRONT = re.compile(r"[\s#>*_\-]*")
# behind the number of a heading, and not "제7조 및 제8조에 따라" or "Article 7 of the Directive", which go on a sentence
_HEADS = re.compile(
    rf"(?:{_KOREAN}(?=\s*$|\s*[(（\[【<:.*_]|\s+(?!(?:및|또는|내지|에|의|과|와|부터|각|제)(?:\s|\d))[^\s])"
    rf"|(?i:{_ENGLISH})(?=\s*$|\s*[.:()–—*_-]|\s+[A-Z\"“가-힣])"
    rf"|(?P<bare>{_DOTTED}|\d{{1,3}}(?=[.)]?\s))[.)]?(?:절)?(?=\s+[A-Z\"“(가-힣*]|\s*$))"
)
_LEADERS = re.compile(r"\.{3,}|…{2,}|·{3,}")  # of a table of contents
_SUPPLEMENT = re.compile(r"\s*부\s?칙")
_LONGEST_TITLE = 60
_ENDS_A_SENTENCE = re.compile(r"[.!?;,。][\"'”’)]*$|(?:니다|[다요음함])$")


@dataclass(frozen=True, slots=True)
class Number:
    """An article or section that is asked for; ``parts``: the paragraphs in it, ("항", "2"); ``said``: as it was asked."""

    kind: str
    value: str
    said: str
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Its kind and value, without its parts."""
        return self.kind, self.value


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a text has an article or section; ``is_whole``: with all the parts that were asked for."""

    start: int
    end: int
    is_whole: bool = True


def numbers_asked(question: str, own: str = "") -> tuple[Number, ...]:
    """The articles and sections that ``question`` names by number.

    Args:
        own: the words of a follow-up alone: only what they name counts. Behind a question for a section that may be "and
            5.2?" or "and paragraph 2?".
    """
    found = list(numbers_named(question))
    if found and (bare := [*_ONLY_DOTTED.finditer(own or question)]):
        known = {number.value for number in found}
        found += [Number(_SECTION, m["dotted"], m["dotted"]) for m in bare if m["dotted"] not in known]
    if own:
        said = {number.value for number in numbers_named(own)} | {
            m["dotted"] for m in _ONLY_DOTTED.finditer(own)
        }
        parts = [] if said or not found else _parts(own, 0, len(own))
        found = [number for number in found if number.value in said]
        if parts:
            found = [
                replace(last, said=f"{last.said} {parts[-1][0].strip()}", parts=tuple(map(_part, parts)))
                for last in [*numbers_named(question)][-1:]
            ]
    return tuple(dict.fromkeys(found))


def numbers_named(text: str) -> Iterator[Number]:
    """The articles and sections that ``text`` speaks of by number."""
    matches = list(_ASKED.finditer(text))
    for place, match in enumerate(matches):
        kind, value = _kind_and_value(match)
        until = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        parts = _parts(text, match.end(), min(until, match.end() + 20))
        said = text[match.start() : parts[-1].end() if parts else match.end()].strip()
        yield Number(kind, value, said, tuple(map(_part, parts)))


def stretch_of(number: Number, text: str, heading: Sequence[str] = ()) -> Stretch | None:
    """Where ``text``, which stands below ``heading``, has what ``number`` asks for; ``None`` where it has not."""
    heads = list(_heads(text, heading))
    place = next((i for i, (_, kind, value) in enumerate(heads) if _is(number, kind, value)), None)
    if place is None and not any(_is(number, *head) for line in heading if (head := _head_of(line, True))):
        return None
    start, kind = (0, number.kind) if place is None else heads[place][:2]
    later = heads if place is None else heads[place + 1 :]
    end = next((at for at, other, value in later if _ends(kind, number.value, other, value)), len(text))
    return _part_of(number, text, start, end)


def has_others(number: Number, text: str, heading: Sequence[str] = ()) -> bool:
    """Whether ``text`` has articles or sections such as ``number``."""
    return any(kind in (number.kind, _BARE) for _, kind, _ in _heads(text, heading))


def refers_to(number: Number, text: str) -> bool:
    """Whether ``text`` at least speaks of it."""
    return any(other.key == number.key for other in numbers_named(text))


def without_numbers(question: str) -> str:
    """What else is said in ``question``."""
    return _PARAGRAPH.sub(" ", _ONLY_DOTTED.sub(" ", _ASKED.sub(" ", question)))


def _parts(text: str, start: int, end: int) -> list[re.Match[str]]:
    """The paragraphs that are named between ``start`` and ``end``."""
    return list(_PARAGRAPH.finditer(text, start, end))


def _part(match: re.Match[str]) -> tuple[str, str]:
    return match["unit"] or "항", match["ko"] or match["en"] or match["brackets"]


def _kind_and_value(match: re.Match[str]) -> tuple[str, str]:
    groups = match.groupdict()
    if groups["ko"]:
        value = groups["ko"] + (f"의{groups['branch']}" if groups["branch"] else "")
        return _UNITS[groups["unit"]], value
    if groups["en"]:
        return _WORDS.get(groups["word"].lower().rstrip("."), _SECTION), groups["en"].lower()
    return (_SECTION, groups["dotted"]) if groups.get("dotted") else (_BARE, groups["bare"])


def _heads(text: str, heading: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """(start, kind, number) of each line that begins an article or section."""
    lines, at = text.splitlines(keepends=True), 0
    headings = {" ".join(line.split()) for line in heading}
    for place, line in enumerate(lines):
        is_heading = line.startswith("#") or " ".join(line.split()) in headings
        following = next(filter(None, map(str.strip, lines[place + 1 :])), "")
        if head := _head_of(line, is_heading, following):
            yield (at, *head)
        at += len(line)


def _head_of(line: str, is_heading: bool, following: str = "") -> tuple[str, str] | None:
    said = line[_FRONT.match(line).end() :].rstrip()  # type: ignore[union-attr]
    if _SUPPLEMENT.match(said):
        return _CHAPTER, "부칙"
    match = _HEADS.match(said)
    if match is None or _LEADERS.search(said):
        return None
    kind, value = _kind_and_value(match)
    if kind == _BARE and value.isdigit() and not is_heading:
        # "5. 조부모 사망: 3일" is an item of a list; a title is short, and what follows it is no item
        is_title = len(said) <= _LONGEST_TITLE and not _ENDS_A_SENTENCE.search(said) and ":" not in said
        if not is_title or not following or re.match(rf"\(?{int(value) + 1}[.)\s]", following):
            return None
        if re.match(r"\d", following) and not following.startswith(f"{value}."):
            return None
    return kind, value


def _is(number: Number, kind: str, value: str) -> bool:
    return value == number.value and kind in (number.kind, _BARE)


def _ends(kind: str, value: str, other: str, other_value: str) -> bool:
    """Whether an article of that ``kind`` ends where the other one begins."""
    if other == kind or {other, kind} <= {_SECTION, _BARE}:
        return other_value != value and not other_value.startswith(f"{value}.")
    return other == _CHAPTER and kind in (_ARTICLE, _SECTION)


def _part_of(number: Number, text: str, start: int, end: int) -> Stretch:
    for unit, value in number.parts:
        found = _paragraph(unit, value, text, start, end)
        if found is None:
            return Stretch(start, end, is_whole=False)
        start, end = found
    return Stretch(start, end)


def _paragraph(unit: str, value: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    if unit == "항" and (at := text.find(_CIRCLED.get(value, "\0"), start, end)) >= 0:
        after = _ANY_CIRCLED.search(text, at + 1, end)
        return at, after.start() if after else end
    begins = re.compile(rf"^[ \t]*\(?{value}[.)]\s", re.MULTILINE)
    match = begins.search(text, start, end)
    if match is None:
        return None
    after = re.compile(r"^\s*(?:\(?\d{1,2}[.)]\s|[①-⑳])", re.MULTILINE).search(text, match.end(), end)
    return match.start(), after.start() if after else end
