"""Which rows of a table hold all that a question says: "Who teaches Italian?" is of the row of Italian, under "Teacher".

A model that was taught on prose finds little of an answer in cells. Each word of the question must stand in the row, in
the name of a column, or above the table; one of them must tell the row from the others. Where a word is left over, the
row may be of something else, and nothing is held: "Who taught Italian in 2019?" is not answered by this year's row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from chatbot.text.keywords import is_particle, keywords_of, without_particle, word_of
from chatbot.text.plurals import without_plural
from chatbot.text.tables.rows import cells_of, is_row, is_rule, is_total, tables_in

_MOST = 6  # rows; more are a list
_WORD = re.compile(r"[^\W_]+(?:[.:,]\d+)*")
_HANGUL = re.compile("[가-힣]")
_DIGIT = re.compile(r"\d")
_SHORT = 2  # digits
_STEM = 5  # first letters of a Latin word, as in chatbot.text.overlap
# words that ask for a cell and name none
_ASK = (
    "i you we he she they this that these those my your our their his her there any all have has had having get gets got"
    " need needs give gives hold holds take takes took place happen happens go goes come comes run runs belong belongs"
    " cost costs score scored wear wears play plays played choose chose include includes included offer offers not isn aren hasn haven show list find name named called long often"
    " must should may might will would 어떻게 되나요 되죠 인가요 있나요 있어 있어요 있나 해 해요 하나 돼 되나 가 가나 타 타나 내 내나 나와 보여줘 누가 뭐가 뭘"
    " 나오나요 시작해 시작하나 끝나 끝나나 알고 싶어 가르쳐 가르치나 맡아 맡나"
)
_LITTLE = frozenset(_ASK.split())
_NO_ROW = re.compile(
    r"\b(?:why|never|without|except|if|than|how (?!many|much|long|often|old)\w+)\b|(?<![가-힣])(?:왜|어떻게|어째서|못|만약)(?![가-힣])|없[는이]|제외|말고|빼고",
    re.IGNORECASE,
)
_NOT = re.compile(r"\bnot\b|n['’]t\b|(?<![가-힣])안(?![가-힣])|않|아닌", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow (?:many|much|long|often|old)\b|\bwhat time\b", re.IGNORECASE)
# what must be a column, or stand in a cell: in "which team does he play for?" the "team" of the file's name is no answer
_ASKED_FOR = re.compile(r"\b(?:which|what)\s+(\w+)|(?:어느|어떤|무슨)\s+([가-힣]+)", re.IGNORECASE)
_COUNTER = re.compile(r"(?<![가-힣])몇\s*([가-힣]{1,5})")
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\d\s?(?:am|pm|시)\b", re.IGNORECASE)
# what a row must have besides its words, by how the question asks
_ASKED = (
    (
        re.compile(r"\b(?:when|what time|which day|what day)\b|언제|며칠", re.IGNORECASE),
        re.compile(
            r"\d{1,2}:\d{2}|\b(?:19|20)\d\d\b|\d\s?[월일]|(?:mon|tues|wednes|thurs|fri|satur|sun)day|[월화수목금토일]요일"
            r"|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\bwhere\b|어디", re.IGNORECASE),
        re.compile(
            r"room|place|location|address|venue|hall|city|town|country|floor|site|장소|주소|위치|교실|강의실|지역|호실|기점|종점|층",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\bcosts?\b|\bprices?\b|가격|값", re.IGNORECASE),
        re.compile(
            r"price|cost|fee|charge|rate|amount|[$€£¥₩₹]\s?\d|\d\s?(?:원|EUR|USD|GBP|KRW)|가격|요금|금액|비용|단가|수강료|[가-힣]비\b|\(원\)",
            re.IGNORECASE,
        ),
    ),
    (re.compile(r"\bhow (?:much|many|long|often|old)\b|얼마|몇", re.IGNORECASE), re.compile(r"\d")),
)
_YES = {"yes", "y", "true", "✓", "✔", "o", "○", "예", "네", "참", "있음"}
_NO = {"no", "n", "false", "x", "–", "-", "×", "✗", "아니오", "아니요", "거짓", "없음", ""}
_VERB = re.compile(r"(?<=[가-힣]{2})(?:하|했|해|한|할|합|되|됐|돼|된|될|됩|인|이|야)[가-힣]{0,5}$")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the question, and those beside it: "2" in "day 2" is not that of "Room 2"."""

    said: str
    before: str = ""
    after: str = ""

    def is_in(self, row: _Row, names: Sequence[str]) -> bool:
        """Whether a cell of ``row`` has it, under these ``names`` of columns."""
        if not self.said.isdecimal():
            return row.text.has(self.said)
        return any(
            self._is_figure_of(cell, name) for cell, name in zip_longest(row.cells, names, fillvalue="")
        )

    def _is_figure_of(self, cell: str, name: str) -> bool:
        """Whether ``cell`` is this figure, a short one under a name that is said with it, or says it beside the same word."""
        tokens = _tokens(cell)
        if tokens == [self.said]:
            beside = [word for word in (self.before, self.after) if word]
            return len(self.said) > _SHORT or any(_text_of([name]).has(word) for word in beside)
        around = zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)
        return any(
            token == self.said and ((before and before == self.before) or (after and after == self.after))
            for before, token, after in around
        )


@dataclass(frozen=True, slots=True)
class _Text:
    """Cells or names, as words are looked for in them."""

    tokens: frozenset[str]
    joined: str

    def has(self, word: str) -> bool:
        if _DIGIT.search(word):
            return any(
                word == token or (word.startswith(token) and is_particle(word[len(token) :]))
                for token in self.tokens
                if _DIGIT.search(token)
            )
        if _HANGUL.search(word):
            forms = {word, without_particle(word), _VERB.sub("", word), _VERB.sub("", without_particle(word))}
            return any(form in self.tokens or (len(form) > 1 and form in self.joined) for form in forms)
        return _stem(word) in self.tokens


@dataclass(frozen=True, slots=True)
class _Row:
    span: tuple[int, int]
    cells: list[str]
    text: _Text


def held_rows(
    question: str, text: str, header: str = "", above: str = "", own: str = ""
) -> list[tuple[int, int]]:
    """Spans of the rows of ``text`` that hold all words of ``question``; none where a word is left over.

    Args:
        header: that of the table with which ``text`` begins, as Markdown, where ``text`` only continues it.
        above: what stands above the tables, the names of the document and of its sections.
        own: the words of a follow-up alone, where ``question`` has those of the question before too: these may be of
            another row then.
    """
    if _NO_ROW.search(own or question):
        return []
    is_not = _NOT.search(own or question) is not None
    words, own_words = list(_words(question)), list(_words(own))
    found: list[tuple[int, tuple[int, int]]] = []
    for names, rows in _tables(text, header):
        known = _text_of([*names, above])
        if is_not:
            found += [(0, row.span) for row in _marked(words, known, names, rows, _NO)]
        else:
            found += _held(question, words, own_words, known, names, rows)
    most = max((own_to_it for own_to_it, _ in found), default=0)
    best = [span for own_to_it, span in found if own_to_it == most]
    return best if len(best) <= _MOST else []


def _held(
    question: str,
    words: Sequence[_Word],
    own: Sequence[_Word],
    known: _Text,
    names: Sequence[str],
    rows: Sequence[_Row],
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Each row that holds all, behind how many of the words are its own and not those of all rows."""
    named = {word for word in (*words, *own) if not word.said.isdecimal() and known.has(word.said)}
    held = {row.span: {word for word in (*words, *own) if word.is_in(row, names)} for row in rows}
    told = frozenset().union(*held.values()) | named
    tells = {word for word in told if 0 < sum(word in row for row in held.values()) < max(2, len(rows))}
    columns = _text_of(names)
    if all(columns.has(word.said) for word in own):
        own = ()  # another column of the row before: "and the room?"
    telling = tells.intersection(own or words)
    if not all(word in told for word in words):
        return
    asked = [need for asks, need in _ASKED if asks.search(question)]
    if not telling and not asked:
        yield from ((0, row.span) for row in _marked(words, known, names, rows, _YES))
    counters = [] if own else _COUNTER.findall(question)
    asked_for = {word for found in _ASKED_FOR.findall(question) for word in _words(" ".join(found))}
    for row in rows:
        said = " ".join((*names, *row.cells))
        own_to_it = telling & held[row.span]
        if (
            own_to_it
            and all(word in named or word in held[row.span] for word in own or words)
            and all(columns.has(word.said) or word in held[row.span] for word in asked_for & set(words))
            and all(need.search(said) for need in asked)
            and all(_counted(counter, said) for counter in counters)
        ):
            yield len(own_to_it), row.span


def _marked(
    words: Sequence[_Word], known: _Text, names: Sequence[str], rows: Sequence[_Row], marks: set[str]
) -> list[_Row]:
    """The rows with one of ``marks`` under the first column of yes and no which is named: "Who is the captain?".

    Only where ``words`` name nothing but columns, and what stands above them.
    """
    if not words or not all(known.has(word.said) for word in words):
        return []
    for place, name in enumerate(names):
        said = {row.cells[place].strip().casefold() for row in rows if place < len(row.cells)}
        if said & _YES and said <= _YES | _NO and any(_text_of([name]).has(word.said) for word in words):
            return [
                row
                for row in rows
                if "".join(row.cells[place : place + 1]).strip().casefold() in marks - {""}
            ]
    return []


def _counted(counter: str, said: str) -> bool:
    """Whether what "몇" counts, "몇 호차", stands in the row: "3호차"; an hour as 22:40 too."""
    forms = {counter, without_particle(counter), _VERB.sub("", counter)}
    forms |= {counter[:end] for end in (1, 2) if is_particle(counter[end:])}
    if any(form[:1] == "시" for form in forms):
        return _CLOCK.search(said) is not None
    return any(form and form in said for form in forms)


def _words(question: str) -> Iterator[_Word]:
    """The words that say which row, and what of it."""
    bare = _COUNTER.sub(" ", _HOW_MANY.sub(" ", unicodedata.normalize("NFKC", question)))
    tokens = _tokens(bare)
    raw = _WORD.findall(bare)
    for before, token, after, written in zip(["", *tokens], tokens, [*tokens[1:], ""], raw, strict=False):
        if _DIGIT.search(token):
            yield _Word(token, before, after)
        elif written.casefold() not in _LITTLE and (kept := "".join(map(word_of, keywords_of(written)))):
            yield _Word(kept)


def _tokens(text: str) -> list[str]:
    return [_stem(token) for token in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


def _text_of(parts: Sequence[str]) -> _Text:
    joined = " ".join(parts)
    compact = "".join(unicodedata.normalize("NFKC", joined).casefold().split())
    return _Text(frozenset(_tokens(joined)), compact)


def _stem(word: str) -> str:
    """The first letters of a Latin word in the singular; others as they are."""
    if not word.isascii() or not word.isalpha():
        return word
    return without_plural(word)[:_STEM]


def _tables(text: str, header: str) -> Iterator[tuple[list[str], list[_Row]]]:
    """The names of the columns of each table, and its rows with their spans; totals are no rows."""
    for start, end in tables_in(text):
        at, lines = start, []
        for raw in text[start:end].splitlines(keepends=True):
            lines.append(((at, at + len(raw.rstrip())), raw.strip()))
            at += len(raw)
        above = [line for line in header.splitlines() if is_row(line)] if not text[:start].strip() else []
        if len(lines) > 1 and is_rule(lines[1][1]):
            names, rest = cells_of(lines[0][1]), lines[2:]
        elif above:
            names, rest = cells_of(above[0]), lines
        else:
            continue
        rows = [(span, cells_of(line)) for span, line in rest if not is_rule(line)]
        yield names, [_Row(span, cells, _text_of(cells)) for span, cells in rows if not is_total(cells)]
