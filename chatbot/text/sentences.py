"""Sentence boundaries in Korean and English, found with regular expressions only.

Two steps: lines are grouped into blocks (a wrapped paragraph, a list item, a table row, a ``key: value``
line), then each block is cut after ``. ! ?`` and their relatives wherever a sentence really ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chatbot.text.invisible import visible_places

_CLOSERS = "\"'”’»)\\]}」』】〉》*_"
_END = re.compile(
    rf"([.!?。！？｡…⋯]+)([{_CLOSERS}]*)(?:\[\d{{1,3}}\])*"
    r"(?:(?<=[가-힣][.!?])\([^()\n]{1,80}\))?"  # "했다.(2003년) 그는": the source stands after the stop
)
_NON_SPACE = re.compile(r"\S")

# A stretch in brackets or quotes is not cut inside unless it is longer than this many characters.
_QUOTED = 250
_PROTECTED = re.compile(
    rf"\([^()]{{1,{_QUOTED}}}\)|\[[^\[\]]{{1,{_QUOTED}}}\]|“[^“”]{{1,{_QUOTED}}}”|‘[^‘’]{{1,{_QUOTED}}}’"
    rf"|「[^「」]{{1,{_QUOTED}}}」|『[^『』]{{1,{_QUOTED}}}』|《[^《》]{{1,{_QUOTED}}}》|〈[^〈〉]{{1,{_QUOTED}}}〉"
    rf"|(?<![A-Za-z0-9])\"(?=\S)[^\"]{{1,{_QUOTED}}}\""
)

# --- words before a full stop ---------------------------------------------------------------------
_NEVER = (  # always followed by the rest of the sentence
    "mr mrs ms messrs mx dr prof rev hon gen sen rep gov capt lt col sgt maj cmdr adm pres supt fr mt ft "
    "e.g i.e eg ie cf vs v viz approx ca resp esp incl excl dept govt assn lit trans pl sing spp sp "
    "subsp var a.k.a st bros n.b "
)
_BEFORE_NUMBER = (  # followed by what they number
    "no nos nr fig figs eq eqs sec secs vol vols ch chap art arts p pp par para tab ref refs app ex ed "
    "eds jan feb mar apr jun jul aug sep sept oct nov dec ver rev op cat cap ser "
)
_MAYBE = (  # the next word decides
    "inc ltd co corp plc llc jr sr etc al ave blvd rd ph.d m.d b.a m.a univ inst int est min max avg "
)
_STARTERS = (  # after a doubtful full stop they open a sentence
    "the a an it its in on at he she they we you i this that these those there here however but and or "
    "so if when while after before since although though as for from to with by his her their our my "
    "what who why how where which one some many most all both each no not then thus also meanwhile "
    "during despite because according under until once another other such yet nor later today "
)
_NEVER_ENDS = frozenset(_NEVER.split())
_NUMBERS = frozenset(_BEFORE_NUMBER.split())
_DOUBTFUL = frozenset(_MAYBE.split())
_OPENS = frozenset(_STARTERS.split())
_INITIALISM = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_DATE = re.compile(r"(?:\d{4}|['’]\d{2})\. ?(?:0?[1-9]|1[0-2])\.(?: ?\d{1,2}\.)?$")
_DAY_OF_DATE = re.compile(  # "~ 6. 20.(금) 18:00": the end of a span leaves out its year
    r"(?:0?[1-9]|[12]\d|3[01])\.(?:$|[가-힣]|\s?[(~∼～]|\s?\d{1,2}:\d\d|\s(?:까지|부터))"
)
_GOES_ON = re.compile(r"[~∼～]|\d{1,2}:\d\d(?!\d)")  # "6. 2. ~ 6. 20.", "6. 20. 18:00"
_YEAR_OF_DATE = re.compile(r"\s*(?:0?[1-9]|1[0-2])\.(?:\s|$)")
_MARKER = re.compile(
    r"[\s#>*_]*[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5}|[가나다라마바사아자차카타파하])[.)\]]{1,2}[*_]{0,2}"
)
_WORD_REACH = 24  # characters looked at before a full stop

# --- Korean ---------------------------------------------------------------------------------------
_QUOTATIVE = re.compile(
    r"(?:이?라(?:고|는|며|면서|던|든|거나|기|$)|이란|(?:고|며|는|란|면서|등|및|와|과|이나|나|에서)\s|하[는고며면]|같은|식의)"
)
_PARTICLE_AFTER = re.compile(r"(?:라|고|는|란|며|면|만|가|니|던|든|거나|지만|음|기)")
_FINAL_ENDING = re.compile(
    r"(?:니다|[었았였했됐겠갔왔봤졌켰났렸혔쳤있없같한된는인이간온진린난준룬]다|습니까|입니까"
    r"|[어아여해세에예네군지까]요|[지하이]죠|[았었했있없하]음|[했됐]음|[하되]시오|십시오)[\"'”’)\]]*$"
)

# --- lines ----------------------------------------------------------------------------------------
_LIST_ITEM = re.compile(
    r"\s*(?:[-*+·‧ㅇ–—]\s|[•▪◦○●■□◆◇▶►※☞✓✔ㆍ]|\(?\d{1,3}(?:\.\d{1,3}){0,4}[.)](?:\s|$)|[①-⑳❶-❿㉠-㉻]"
    r"|\(?[가나다라마바사아자차카타파하][.)]\s|\(?[a-zA-Z]\)\s|[a-hA-H]\.\s|\(?[ivx]{1,5}\)\s|제\s?\d{1,4}\s?조\s?\()"
)
_KEY = re.compile(
    r"\s*[*_]{0,2}(?=[^\Wa-z_])[^\s:：|.!?,;]{1,20}(?: [^\s:：|.!?,;]{1,20}){0,2} ?[*_]{0,2}"
    r"(?:：|:[*_]{0,2}(?=\s|$))"
)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_INITIAL_AT_END = re.compile(r"(?:^|\W)[A-Z]\.$")
_RULE_CHARACTERS = frozenset("-=*_~ \t")
_WRAPPED_WIDTH = 40  # narrower paragraphs say nothing about where lines were wrapped
_FULL_LINE = 0.6  # a line that leaves more than 40 % of the width free was ended on purpose


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans ``(start, end)`` of the sentences of ``text``, in reading order.

    They never overlap, carry no outer whitespace, and together hold every non-space character. A table
    row, a list item's marker with its text, and a ``key: value`` line stay whole unless several sentences
    stand in them (a table row is one span always). Characters that nobody sees make no difference to that;
    they go with the sentence before them. Time is linear in ``len(text)``.
    """
    seen, places = visible_places(text)
    spans = [
        span
        for start, end, is_row in _blocks(seen)
        for span in ([(start, end)] if is_row else _sentences(seen, start, end))
    ]
    return spans if len(seen) == len(text) else list(_with_unseen(spans, places, text))


def _with_unseen(spans: list[tuple[int, int]], places: Sequence[int], text: str) -> Iterator[tuple[int, int]]:
    """The spans in the whole ``text``: each reaches to the next one, without the white space between them."""
    starts = [0, *(places[start] for start, _ in spans[1:])]
    for start, following in pairwise([*starts, len(text)]):
        piece = text[start:following]
        if stripped := piece.strip():
            start += len(piece) - len(piece.lstrip())
            yield start, start + len(stripped)


class _Line:
    __slots__ = ("bare_key", "end", "key", "listed", "marker", "row", "start", "text", "walled")

    def __init__(self, text: str, start: int) -> None:
        self.text = text.rstrip()
        self.start = start
        self.end = start + len(self.text)
        bars = self.text.count(" | ")
        self.row = bars >= 2 or (self.text.lstrip().startswith("|") and self.text.count("|") > 1)
        self.row = self.row or self.text.strip().count("\t") >= 2
        self.walled = bool(_HEADING.match(self.text) or _FENCE.match(self.text)) or (
            len(self.text) > 2 and _RULE_CHARACTERS.issuperset(self.text)
        )
        self.listed = _LIST_ITEM.match(self.text) is not None
        key = None if self.listed else _KEY.match(self.text)
        self.key = key is not None and key.end() <= 40
        self.bare_key = self.key and key is not None and key.end() == len(self.text)
        self.marker = len(self.text) <= 16 and _MARKER.fullmatch(self.text) is not None


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """``(start, end, is a table row)`` of each block of lines, trimmed."""
    for paragraph in _paragraphs(text):
        for before, after in pairwise(paragraph):  # a two-column row is known by its neighbour
            if (before.row and " | " in after.text) or (" | " in before.text and " | " in after.text):
                before.row = after.row = True
        width = max(len(line.text) for line in paragraph)
        first = 0
        for i, line in enumerate(paragraph):
            if i + 1 == len(paragraph) or _ends_block(line, paragraph[i + 1], width):
                start = paragraph[first].start
                start += len(paragraph[first].text) - len(paragraph[first].text.lstrip())
                yield start, line.end, line.row and first == i
                first = i + 1


def _paragraphs(text: str) -> Iterator[list[_Line]]:
    """Runs of lines without a blank line between them; every line of fenced code stands alone, as a row."""
    lines: list[_Line] = []
    position, fenced = 0, False
    fences = sum(1 for raw in text.splitlines() if _FENCE.match(raw))
    for raw in text.splitlines(keepends=True):
        blank = raw.isspace()
        is_fence = not blank and _FENCE.match(raw) is not None
        if is_fence:
            fences -= 1
            fenced = not fenced and fences > 0
        if lines and (blank or is_fence or fenced):
            yield lines
            lines = []
        if not blank:
            lines.append(_Line(raw, position))
            lines[-1].row |= fenced
        position += len(raw)
    if lines:
        yield lines


def _ends_block(line: _Line, following: _Line, width: int) -> bool:
    if line.row or line.walled or following.row or following.walled:
        return True
    if line.marker:
        return False
    if line.bare_key or following.listed or following.key:
        return True
    if _FINAL_ENDING.search(line.text[-12:]) and not _PARTICLE_AFTER.match(following.text.lstrip()):
        return True
    first_word = following.text.lstrip()[:40].split(maxsplit=1)[0]
    if first_word[0].islower() or line.text.endswith(",") or _INITIAL_AT_END.search(line.text[-4:]):
        return False
    return width >= _WRAPPED_WIDTH and len(line.text) + 1 + len(first_word) < _FULL_LINE * width


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut the block ``text[start:end]``; it has no outer whitespace."""
    protected = _PROTECTED.finditer(text, start, end)
    shield = next(protected, None)
    begin = start
    for match in _END.finditer(text, start, end):
        cut = match.end()
        while shield is not None and shield.end() <= match.start():
            shield = next(protected, None)
        inside = shield is not None and shield.start() < match.start() and cut < shield.end()
        if cut >= end or inside or not _is_end(text, begin, match, end):
            continue
        yield begin, cut
        following = _NON_SPACE.search(text, cut, end)
        begin = following.start() if following else end
    if begin < end:
        yield begin, end


def _is_end(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether the sentence that began at ``begin`` ends with the punctuation of ``match``."""
    stops, closers = match.groups()
    before = text[match.start() - 1] if match.start() > begin else ""
    following = _NON_SPACE.search(text, match.end(), end)
    if following is None or not before:
        return following is None
    after = text[following.start() : following.start() + 24]
    if following.start() == match.end():
        return _ends_without_space(stops, closers, before, after)
    if before == "(" and closers.startswith(")"):  # "천재(?) 소년"
        return False
    if closers and (after[0].islower() or _QUOTATIVE.match(after)):
        return False
    if stops.endswith(("…", "⋯", "..")):
        return after[0].isupper() or before in "다요까죠네"
    if stops != ".":
        return True
    return not _is_abbreviation(text, begin, match.start(), after)


def _ends_without_space(stops: str, closers: str, before: str, after: str) -> bool:
    if closers:
        return False
    if stops[-1] in "。！？｡":
        return True
    korean = before in "다요죠까" and "가" <= after[0] <= "힣"
    return korean and stops in ".!?" and not _QUOTATIVE.match(after)  # "했다.그러나": the space was forgotten


def _is_abbreviation(text: str, begin: int, stop: int, after: str) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it and the sentence goes on."""
    if stop - begin < 16 and _MARKER.fullmatch(text, begin, stop + 1):
        return True
    words = text[max(begin, stop - _WORD_REACH) : stop].split()
    word = (words[-1] if words else "").lstrip("([{\"'“‘<*_")
    if not word or "가" <= word[-1] <= "힣":
        return False
    if word[-1].isdigit():
        if len(word) == 4 and word.isdecimal() and after[0].isdigit():
            return _YEAR_OF_DATE.match(after) is not None
        if len(word) <= 2 and ("가" <= after[0] <= "힣" or _GOES_ON.match(after)):
            return True  # "재판부는 1. 친분 관계 2. 입력 시기"
        if word.isdecimal() and 1 <= int(word) <= 12 and _DAY_OF_DATE.match(after):
            return True
        return _DATE.search(text[max(begin, stop - 15) : stop + 1]) is not None
    lower = word.lower()
    tail = lower.rsplit("-", 1)[-1].rsplit("(", 1)[-1]
    if lower in _NEVER_ENDS or tail in _NEVER_ENDS:
        return not (lower == "st" and _starts_sentence(after))
    if lower in _NUMBERS:
        return after[0].isdigit() or (after[0] in "(§#IVX" and not _starts_sentence(after))
    initial = len(word) == 1 and word.isascii() and word.isupper()
    if initial or lower in _DOUBTFUL or _INITIALISM.fullmatch(word):
        if lower in ("etc", "a.m", "p.m") and after[0].isupper():
            return after[:4].strip() in ("EST", "EDT", "PST", "PDT", "GMT", "UTC", "KST", "CET")
        return not _starts_sentence(after)
    return False


def _starts_sentence(after: str) -> bool:
    """Whether what follows a doubtful full stop is a word that mostly opens sentences."""
    word = after.lstrip("\"'“‘([").split(maxsplit=1)[0].rstrip(",;:'’") if after.strip("\"'“‘([ ") else ""
    return word[:1].isupper() and word.lower() in _OPENS
