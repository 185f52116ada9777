"""Which two things "둘이 뭐가 달라?" and "Which of the two is cheaper?" mean: those that the conversation spoke of last."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.answering.requests.sides import sides_of
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.leaning import has_own_subject, without_connective
from chatbot.trace import Turn

_LONGEST = 60  # characters: who writes more says what is meant
_MOST_WORDS = 4  # of the name of a thing
_BACK = 6  # turns
_ENGLISH = re.compile(
    r"(?:so |and |then )?(?:which (?:one )?of (?:the two|them|both|these|those)\b(?: two)? (?P<aspect>.+)"
    r"|(?:what(?:'s| is| are)|how about|tell me)? ?(?:the )?(?:main )?differences?(?: between (?:the two|them|these|those|both)(?: two)?)?"
    r"|how (?:do|are) (?:they|the two|these|those|both) (?:differ|different)(?: from each other)?"
    r"|compare (?:them|the two|both|these two|those two)(?: for me)?)",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    r"(?:그럼 |그러면 |그래서 )?(?:그 )?(?:둘|두 ?개|두 ?가지)(?:이|은|을|의|를)? ?(?:"
    r"중(?:에서|에)? ?(?:뭐가|무엇이|어느\s?\S*|어떤\s?\S*|누가) ?(?:더 ?)?(?P<aspect>.+)"
    r"|(?:사이의? ?)?(?:차이(?:점)?|다른 ?점)\S*(?: .{1,20})?|비교\S*(?: .{1,10})?"
    r"|(?:서로 ?)?(?:뭐가|무엇이|어떻게|어디가) ?(?:달라|다른|다르|다릅)\S*)"
)


def two_meant(question: str, history: Sequence[Turn]) -> tuple[tuple[str, ...], str]:
    """(the sides, what they are compared in) of a comparison that does not name its sides; no sides where it is none."""
    asked = question.strip(" ?!.~")
    found = (_ENGLISH.fullmatch(asked) or _KOREAN.fullmatch(asked)) if len(asked) <= _LONGEST else None
    if found is None:
        return (), ""
    names: list[str] = []
    for turn in reversed(history[-_BACK:]):
        sides, _ = sides_of(turn.question)
        if sides:
            return (sides, found["aspect"] or "") if not names else ((), "")
        name = _name_in(turn.question)
        if name and name.casefold() not in {each.casefold() for each in names}:
            names.append(name)
        if len(names) == 2:
            return tuple(reversed(names)), found["aspect"] or ""
    return (), ""


def _name_in(question: str) -> str:
    """The thing that a question asks about, where it asks nothing else of it: "What is HNSW?", "그럼 FastText는?"."""
    if not has_own_subject(question):
        return ""
    said = without_connective(question)
    words = [word_of(terms) for terms in keywords_of(said)]
    written = (re.search(re.escape(word), said, re.IGNORECASE) for word in words)
    name = " ".join(found[0] for found in written if found)
    return name if 0 < len(words) <= _MOST_WORDS else ""
