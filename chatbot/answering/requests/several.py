"""Several questions in one message, split by rules: only where each part is a question by itself.

several("How long is parental leave and who approves travel?") -> ("How long is parental leave?", "Who approves travel?")

What is not sure stays one question: it is searched as a whole then, and costs nothing.
"""

from __future__ import annotations

import re

from chatbot.text.language import language_of

MOST = 5  # parts that are answered; further ones are named
_MOST_SPLIT = 12  # parts; a list of more is a document and not a message
_LONGEST = 600  # characters of the message
_FEWEST_WORDS = 3  # of an English part; Korean parts have two

_AUX = r"(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|had)"
_WHEN = r"(?:by |until |since )?when"
_WH = rf"(?:{_WHEN}|who|whom|whose|what|where|which|why|how)"
_ASKS_ENGLISH = re.compile(rf"(?:(?:and|also|but|so|then|please) )*(?:{_WH}|{_AUX})\b.*", re.IGNORECASE)
_STARTS = rf"(?=(?:{_WHEN}|who|what|where|which|why|how|is|are|do|does|did|can|could|may|must|should|will)\b)"
_AND = re.compile(rf",? (?:and|and also|as well as) {_STARTS}|; ", re.IGNORECASE)
# of three or more: a comma is enough before those in the middle
_LIST = re.compile(rf", (?:and )?{_STARTS}|; ", re.IGNORECASE)
# the second part says what is asked and does it: "when is it due", "how much does it cost", "who approves travel"
_WHOLE = re.compile(
    rf"(?:who|what) (?:{_AUX}|(?!(?:kind|kinds|type|types|is|was)\b)[a-z]{{3,}}s) \S.*|(?:{_WHEN}|where|why|how) {_AUX} \S.*"
    rf"|(?:how|what|which) (?:\S+ ){{1,3}}{_AUX} \S.*"
    rf"|{_AUX} (?:i|you|we|they|he|she|it|the|my|our|there|this|these) \S.*",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(r"\b(?:who|which|that|whose|whom)\b", re.IGNORECASE)
_ASKING_KOREAN = r"(?:누구|누가|무엇|뭐|뭘|언제|어디|얼마|몇|며칠|어떻게|어떤|어느|왜|무슨|어때|어떠|어떨)"
_HAS_KOREAN = re.compile(_ASKING_KOREAN)
_ENDS_KOREAN = re.compile(r"(?:까|나|가|지|니|죠|요|야|해|줘|때|돼)[?？.!\s]*$")
# "어떻게 하고", "얼마나 되고": a stem of one syllable is a clause only behind an asking word
_KOREAN_AND = re.compile(
    r"(?<=[가-힣]{2})(?:이?고|이?며),? +|(?<=(?:떻게|마나|[가-힣]지|디에|어디|언제|[가-힣]서) [하되가오쓰있사])(?:고|며),? +"
    r"|(?<=몇 [가-힣])이(?:고|며),? +|(?<=얼마|언제|누구|어디|무엇), +"
)
_NOUN_END = re.compile(r"(?:누구|얼마|언제|어디|뭐|무엇|며칠|(?:\d|몇 ?)일|까지|부터|개|명)$")
_NUMBERED = re.compile(r"(?:^|\s)\(?([1-9]|1[0-2])[.)]\s+")
_ENDS = re.compile(r"[?？]+[\s\"'”’)\]]*")


def several(question: str) -> tuple[str, ...]:
    """The questions that ``question`` holds, in order; empty where it is one, or where it is not sure."""
    text = question.strip()
    if len(text) > _LONGEST:
        return ()
    parts = _numbered(text) or _sentences(text)
    if not parts:
        parts = _korean_clauses(text) if language_of(text) == "ko" else _english_clauses(text)
    different = tuple(dict.fromkeys(parts))
    return different if 2 <= len(different) <= _MOST_SPLIT else ()


def _numbered(text: str) -> list[str]:
    found = list(_NUMBERED.finditer(text))
    if len(found) < 2 or [int(one[1]) for one in found] != list(range(1, len(found) + 1)):
        return []
    ends = [one.start() for one in found[1:]] + [len(text)]
    parts = [text[one.end() : end].strip(" ,;\n") for one, end in zip(found, ends, strict=True)]
    return parts if all(map(_asks, parts)) else []


def _sentences(text: str) -> list[str]:
    """Sentences with a question mark each; what is said before one belongs to it."""
    marks = list(_ENDS.finditer(text))
    if len(marks) < 2:
        return []
    starts = [0, *(mark.end() for mark in marks[:-1])]
    parts = [" ".join(text[start : mark.end()].split()) for start, mark in zip(starts, marks, strict=True)]
    return parts if all(_asks(_last_sentence(part)) for part in parts) else []


def _last_sentence(part: str) -> str:
    return re.split(r"(?<=[.!。])\s+", part)[-1]


def _asks(part: str) -> bool:
    """Whether ``part`` is a question by itself."""
    words = part.split()
    if language_of(part) == "ko":
        return len(words) >= 2 and _ENDS_KOREAN.search(part) is not None
    return len(words) >= _FEWEST_WORDS and _ASKS_ENGLISH.fullmatch(part) is not None


def _english_clauses(text: str) -> list[str]:
    bare = text.rstrip(" ?!.")
    listed = _LIST.split(bare)
    parts = listed if len(listed) > 2 else _AND.split(bare)
    if len(parts) < 2 or "\n" in text:
        return []
    first, *others = (part.strip() for part in parts)
    if not _asks(first) or not all(_asks(part) and _WHOLE.fullmatch(part) for part in others):
        return []
    if _EMBEDDED.search(first.partition(" ")[2]):
        return []  # "the man who built it and who was its king" is one
    if len(first.split()) < 4 or not re.search(rf"\b{_AUX}\b", first, re.IGNORECASE):
        return []
    return [f"{part[0].upper()}{part[1:]}?" for part in (first, *others)]


def _korean_clauses(text: str) -> list[str]:
    bare = text.rstrip(" ?!.？")
    *before, last = _KOREAN_AND.split(bare)
    if not before or not all(len(part.split()) >= 2 and _HAS_KOREAN.search(part) for part in (*before, last)):
        return []
    if not _ENDS_KOREAN.search(last) or not all(map(_asks_at_end, before)):
        return []
    return [*(f"{part}{'인가요' if _NOUN_END.search(part) else '나요'}?" for part in before), f"{last}?"]


def _asks_at_end(part: str) -> bool:
    """Whether the asking word is one of the last two, or "몇" with what it counts before the last: it is what the clause
    asks, and no part of a longer one."""
    *_, third, second, last = ["", "", *part.split()]
    return _HAS_KOREAN.search(f"{second} {last}") is not None or third in ("몇", "어느", "무슨", "어떤")
